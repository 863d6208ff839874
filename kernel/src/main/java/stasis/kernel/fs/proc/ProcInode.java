package stasis.kernel.fs.proc;

import static stasis.abi.Errno.EPERM;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.AttributeChange;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.SavedKind;

/** Anything in proc. */
@SavedKind
abstract class ProcInode extends PlainInode {
    protected ProcInode() {}

    protected ProcInode(ProcFilesystem filesystem, int mode) {
        super(
                filesystem,
                filesystem.newIno(),
                new NewInode(mode, 0, 0, 0, "", filesystem.machine().realtime().now()));
    }

    final ProcFilesystem proc() {
        return (ProcFilesystem) filesystem();
    }

    /** Truncation to nothing is what a shell's redirection does first. */
    @Override
    public void setAttributes(Caller caller, AttributeChange change) throws ErrnoException {
        if (change.what() != AttributeChange.SIZE || change.size() != 0) throw EPERM.exception();
    }

    @Override
    public void accessed(Caller caller) {}
}
