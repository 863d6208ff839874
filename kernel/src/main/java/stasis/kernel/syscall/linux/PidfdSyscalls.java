package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SYS_PTRACE;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Signal.SI_USER;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.pidfd.Pidfd;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.SignalSend;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskSet;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileDescription;

/** pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2). */
final class PidfdSyscalls {
    private PidfdSyscalls() {}

    /** {@code int pidfd_open(pid_t pid, unsigned int flags)} */
    static long pidfd_open(Task task, SyscallArgs args) throws SyscallException {
        int pid = args.int0();
        if ((args.int1() & ~O_NONBLOCK) != 0 || pid <= 0) throw EINVAL.exception();
        Pidfd pidfd =
                new Pidfd(
                        AnonymousFilesystem.newOther(task.vfs(), task, "[pidfd]"),
                        process(task, pid));
        return task.install(new FileDescription(pidfd, O_RDWR | args.int1(), null), true);
    }

    private static ThreadGroup process(Task task, int pid) throws ErrnoException {
        TaskSet tasks = task.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            ThreadGroup group = tasks.findGroupLocked(pid);
            if (group != null) return group;
            throw (tasks.findLocked(pid) != null ? EINVAL : ESRCH).exception();
        }
    }

    private static ThreadGroup group(Task task, int fd) throws ErrnoException {
        if (task.fdTable().get(fd).impl() instanceof Pidfd pidfd) return pidfd.group();
        throw EBADF.exception();
    }

    /** {@code int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags)} */
    static long pidfd_send_signal(Task task, SyscallArgs args) throws SyscallException {
        int signo = args.int1();
        if (args.int3() != 0) throw EINVAL.exception();
        ThreadGroup group = group(task, args.int0());
        if (signo != 0 && !SignalSet.valid(signo)) throw EINVAL.exception();
        SignalInfo info = SignalInfo.user(signo, task.pid(), task.credentials().uid());
        if (args.a2 != 0) {
            byte[] given = task.memory().readBytes(args.a2, SignalInfo.BYTES);
            info = SignalInfo.read(signo, given);
            checkForged(task, group, info);
        }
        if (!isCurrent(task, group)) throw ESRCH.exception();
        SignalSend.kill(task, group.pid(), info);
        return 0;
    }

    /** Like Linux, what kill(2) and the kernel say may only be said to oneself. */
    private static void checkForged(Task task, ThreadGroup group, SignalInfo info)
            throws ErrnoException {
        if (group != task.group() && info.code() >= SI_USER) throw EPERM.exception();
    }

    private static boolean isCurrent(Task task, ThreadGroup group) {
        TaskSet tasks = task.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            return tasks.findGroupLocked(group.pid()) == group;
        }
    }

    /** {@code int pidfd_getfd(int pidfd, int targetfd, unsigned int flags)} */
    static long pidfd_getfd(Task task, SyscallArgs args) throws SyscallException {
        if (args.int2() != 0) throw EINVAL.exception();
        ThreadGroup group = group(task, args.int0());
        if (group.isZombie()) throw ESRCH.exception();
        if (!mayTake(task.credentials(), group)) throw EPERM.exception();
        @Nullable FileDescription file = group.leader().fdTable().peek(args.int1());
        if (file == null) throw EBADF.exception();
        return task.install(file.acquire(), true);
    }

    /** ptrace(2), "Ptrace access mode checking", by real ids. */
    private static boolean mayTake(Credentials who, ThreadGroup group) {
        Credentials of = group.leader().credentials();
        boolean sameUser =
                who.uid() == of.euid() && who.uid() == of.suid() && who.uid() == of.uid();
        boolean sameGroup =
                who.gid() == of.egid() && who.gid() == of.sgid() && who.gid() == of.gid();
        return (sameUser && sameGroup) || who.has(CAP_SYS_PTRACE);
    }
}
