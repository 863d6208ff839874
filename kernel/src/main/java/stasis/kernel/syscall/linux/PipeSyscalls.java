package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Fcntl.O_CLOEXEC;
import static stasis.abi.Fcntl.O_DIRECT;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_WRONLY;

import stasis.abi.SyscallException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.pipe.PipeEnd;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** pipe(2), pipe2(2). */
final class PipeSyscalls {
    private PipeSyscalls() {}

    /** {@code int pipe(int pipefd[2])} */
    static long pipe(Task task, SyscallArgs args) throws SyscallException {
        return make(task, args.a0, 0);
    }

    /** {@code int pipe2(int pipefd[2], int flags)} */
    static long pipe2(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int1();
        if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) != 0) throw EINVAL.exception();
        return make(task, args.a0, flags);
    }

    private static long make(Task task, long addr, int flags) throws SyscallException {
        int kept = flags & ~O_CLOEXEC;
        PipeEnd.Pair ends = PipeEnd.pair(AnonymousFilesystem.newPipe(task.vfs(), task), kept);
        TwoFiles.install(
                task,
                addr,
                new FileDescription(ends.reader(), O_RDONLY | kept, null),
                new FileDescription(ends.writer(), O_WRONLY | kept, null),
                (flags & O_CLOEXEC) != 0);
        return 0;
    }
}
