package stasis.kernel.vfs;

import stasis.state.Saved;

/** What open(2) with O_PATH gives: a place, nothing to read. */
@Saved("vfs.PathFile")
public final class PathFile implements FileImpl {
    private Inode inode;

    @SuppressWarnings("NullAway.Init")
    private PathFile() {}

    PathFile(Inode inode) {
        this.inode = inode;
    }

    @Override
    public Inode inode() {
        return inode;
    }
}
