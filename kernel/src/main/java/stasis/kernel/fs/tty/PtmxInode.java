package stasis.kernel.fs.tty;

import static stasis.abi.StatMode.S_IFCHR;

import stasis.abi.DeviceNumber;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** /dev/pts/ptmx: every open makes a new pair. */
@Saved("tty.PtmxInode")
public final class PtmxInode extends PlainInode {
    private static final long INO = 2;

    private Devpts devpts;

    @SuppressWarnings("NullAway.Init")
    private PtmxInode() {}

    PtmxInode(Devpts devpts, int permissions, long now) {
        super(
                devpts,
                INO,
                new NewInode(S_IFCHR | permissions, 0, 0, DeviceNumber.of(5, 2), "", now));
        this.devpts = devpts;
    }

    @Override
    public FileImpl open(Caller caller, int flags) throws SyscallException {
        return devpts.newMaster(caller, this);
    }
}
