package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Eventfd.EFD_CLOEXEC;
import static stasis.abi.Eventfd.EFD_NONBLOCK;
import static stasis.abi.Eventfd.EFD_SEMAPHORE;
import static stasis.abi.Fcntl.O_RDWR;

import stasis.abi.SyscallException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.eventfd.Eventfd;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** eventfd(2). */
final class EventfdSyscalls {
    private EventfdSyscalls() {}

    /** {@code int eventfd(unsigned int initval)} */
    static long eventfd(Task task, SyscallArgs args) throws SyscallException {
        return make(task, args.int0(), 0);
    }

    /** {@code int eventfd2(unsigned int initval, int flags)} */
    static long eventfd2(Task task, SyscallArgs args) throws SyscallException {
        return make(task, args.int0(), args.int1());
    }

    private static long make(Task task, int initial, int flags) throws SyscallException {
        if ((flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) != 0) throw EINVAL.exception();
        Eventfd eventfd =
                new Eventfd(
                        AnonymousFilesystem.newOther(task.vfs(), task, "[eventfd]"),
                        initial,
                        (flags & EFD_SEMAPHORE) != 0);
        FileDescription file = new FileDescription(eventfd, O_RDWR | (flags & EFD_NONBLOCK), null);
        return task.install(file, (flags & EFD_CLOEXEC) != 0);
    }
}
