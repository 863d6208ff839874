package stasis.kernel.fs.proc;

import static stasis.abi.Errno.ENOENT;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;
import stasis.state.Saved;

/** {@code /proc/pid/fdinfo/n}. */
@Saved("proc.FdInfoFile")
final class FdInfoFile extends TextInode {
    private static final int O_CLOEXEC = 02000000;

    private Task task;
    private int fd;

    @SuppressWarnings("NullAway.Init")
    private FdInfoFile() {}

    FdInfoFile(ProcFilesystem filesystem, Task task, int fd) {
        super(filesystem, 0444);
        this.task = task;
        this.fd = fd;
    }

    @Override
    public boolean stillThere() {
        return task.fdTable().peek(fd) != null;
    }

    @Override
    String text(Caller caller) throws ErrnoException {
        FileDescription file = task.fdTable().peek(fd);
        if (file == null) throw ENOENT.exception();
        int flags = file.flags() | (task.fdTable().closeOnExec(fd) ? O_CLOEXEC : 0);
        Path path = file.path();
        return "pos:\t"
                + file.position()
                + "\n"
                + "flags:\t0"
                + Integer.toOctalString(flags)
                + "\n"
                + "mnt_id:\t"
                + (path == null ? 0 : path.mount().id())
                + "\n"
                + "ino:\t"
                + file.inode().ino()
                + "\n";
    }
}
