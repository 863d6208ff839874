package stasis.kernel.fs.proc;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.StatMode.S_IFREG;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileImpl;
import stasis.state.SavedKind;

/** A file whose text is made when it is read from its start. */
@SavedKind
abstract class TextInode extends ProcInode {
    protected TextInode() {}

    protected TextInode(ProcFilesystem filesystem, int permissions) {
        super(filesystem, S_IFREG | permissions);
    }

    /** Bytes as ISO-8859-1. Called with no lock held. */
    abstract String text(Caller caller) throws ErrnoException;

    /** A write of the whole of {@code text}. */
    void written(Caller caller, String text) throws ErrnoException {
        throw EINVAL.exception();
    }

    @Override
    public FileImpl open(Caller caller, int flags) throws ErrnoException {
        return new TextFile(this);
    }
}
