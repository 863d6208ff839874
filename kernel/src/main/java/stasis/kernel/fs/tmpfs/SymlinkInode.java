package stasis.kernel.fs.tmpfs;

import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** A symbolic link. */
@Saved("tmpfs.SymlinkInode")
public final class SymlinkInode extends PlainInode {
    /** Never changes. */
    private String target;

    @SuppressWarnings("NullAway.Init")
    private SymlinkInode() {}

    public SymlinkInode(Filesystem filesystem, long ino, NewInode what) {
        super(filesystem, ino, what);
        this.target = what.target();
    }

    @Override
    public String readlink(Caller caller) {
        return target;
    }

    @Override
    protected long size() {
        return target.length();
    }

    @Override
    protected boolean keepsXattrs() {
        return true;
    }
}
