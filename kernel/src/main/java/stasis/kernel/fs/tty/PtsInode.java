package stasis.kernel.fs.tty;

import static stasis.abi.StatMode.S_IFCHR;

import stasis.abi.DeviceNumber;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** /dev/pts/N: the slave of a pseudo-terminal. */
@Saved("tty.PtsInode")
public final class PtsInode extends PlainInode {
    private Terminal terminal;

    @SuppressWarnings("NullAway.Init")
    private PtsInode() {}

    PtsInode(Devpts devpts, Terminal terminal, Caller caller, DevptsOptions options) {
        super(
                devpts,
                terminal.index() + 3L,
                new NewInode(
                        S_IFCHR | options.mode(),
                        options.ownerFor(caller),
                        options.groupFor(caller),
                        DeviceNumber.of(Terminal.SLAVE_MAJOR, terminal.index()),
                        "",
                        caller.realtimeClock().now()));
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    String name() {
        return Integer.toString(terminal.index());
    }

    @Override
    public boolean stillThere() {
        return !terminal.isHungUp();
    }

    @Override
    public FileImpl open(Caller caller, int flags) throws SyscallException {
        return TtyFile.open(terminal, caller, this, flags);
    }
}
