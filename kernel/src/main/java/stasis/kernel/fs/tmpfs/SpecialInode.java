package stasis.kernel.fs.tmpfs;

import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** A device, a FIFO or a bound socket: who opens it finds what is behind it elsewhere. */
@Saved("tmpfs.SpecialInode")
public final class SpecialInode extends PlainInode {
    private SpecialInode() {}

    public SpecialInode(Filesystem filesystem, long ino, NewInode what) {
        super(filesystem, ino, what);
    }

    @Override
    protected boolean keepsXattrs() {
        return true;
    }
}
