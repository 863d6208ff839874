package stasis.kernel.vfs;

import stasis.state.Saved;

/** A place in the tree of one mount namespace. */
@Saved("vfs.Path")
public record Path(Mount mount, Dentry dentry) {
    public Inode inode() {
        return dentry.inode();
    }

    public boolean isDirectory() {
        return dentry.inode().isDirectory();
    }

    /** The same place, by identity: neither part is compared by content. */
    public boolean same(Path other) {
        return mount == other.mount && dentry == other.dentry;
    }
}
