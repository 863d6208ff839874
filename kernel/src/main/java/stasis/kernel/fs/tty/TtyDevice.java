package stasis.kernel.fs.tty;

import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Fcntl.O_NOCTTY;

import stasis.abi.DeviceNumber;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.ControllingTerminal;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Device;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

/** /dev/tty, tty(4): whatever terminal the caller's session has. */
@Saved("tty.TtyDevice")
public final class TtyDevice implements Device {
    public static final long NUMBER = DeviceNumber.of(5, 0);

    public TtyDevice() {}

    @Override
    public FileImpl open(Caller caller, Inode inode, int flags) throws ErrnoException {
        if (!(caller instanceof Task task)) throw ENXIO.exception();
        ControllingTerminal own;
        try (var _ = task.machine().tasks().lock().hold()) {
            own = task.group().session().terminal();
        }
        if (!(own instanceof Terminal terminal)) throw ENXIO.exception();
        return TtyFile.open(terminal, caller, inode, flags | O_NOCTTY);
    }
}
