package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Signalfd.SFD_CLOEXEC;
import static stasis.abi.Signalfd.SFD_NONBLOCK;

import stasis.abi.SyscallException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.signalfd.Signalfd;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** signalfd(2). */
final class SignalfdSyscalls {
    private SignalfdSyscalls() {}

    /** {@code int signalfd(int fd, const sigset_t *mask, size_t sizemask)} */
    static long signalfd(Task task, SyscallArgs args) throws SyscallException {
        return make(task, args, 0);
    }

    /** {@code int signalfd4(int fd, const sigset_t *mask, size_t sizemask, int flags)} */
    static long signalfd4(Task task, SyscallArgs args) throws SyscallException {
        return make(task, args, args.int3());
    }

    private static long make(Task task, SyscallArgs args, int flags) throws SyscallException {
        if ((flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)) != 0) throw EINVAL.exception();
        if (args.a2 != Long.BYTES) throw EINVAL.exception();
        long mask = task.memory().readLong(args.a1);
        int fd = args.int0();
        if (fd != -1) {
            if (!(task.fdTable().get(fd).impl() instanceof Signalfd known)) {
                throw EINVAL.exception();
            }
            known.setMask(mask);
            return fd;
        }
        Signalfd made =
                new Signalfd(
                        AnonymousFilesystem.newOther(task.vfs(), task, "[signalfd]"), task, mask);
        FileDescription file = new FileDescription(made, O_RDWR | (flags & SFD_NONBLOCK), null);
        return task.install(file, (flags & SFD_CLOEXEC) != 0);
    }
}
