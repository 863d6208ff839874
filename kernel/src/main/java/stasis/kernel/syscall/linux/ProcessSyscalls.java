package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;
import static stasis.abi.Limits.PATH_MAX;
import static stasis.abi.Sched.CLONE_FILES;
import static stasis.abi.Sched.CLONE_FS;
import static stasis.abi.Sched.CLONE_SIGHAND;
import static stasis.abi.Sched.CLONE_SYSVSEM;
import static stasis.abi.Sched.CLONE_THREAD;
import static stasis.abi.Sched.CLONE_VM;
import static stasis.abi.Wait.WCONTINUED;
import static stasis.abi.Wait.WEXITED;
import static stasis.abi.Wait.WNOHANG;
import static stasis.abi.Wait.WNOWAIT;
import static stasis.abi.Wait.WSTOPPED;
import static stasis.abi.Wait.__WALL;
import static stasis.abi.Wait.__WCLONE;
import static stasis.abi.Wait.__WNOTHREAD;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.Signal;
import stasis.abi.SyscallException;
import stasis.abi.Wait;
import stasis.kernel.fs.pidfd.Pidfd;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.syscall.SyscallHandler;
import stasis.kernel.task.Jobs;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskClone;
import stasis.kernel.task.TaskExec;
import stasis.kernel.task.TaskExit;
import stasis.kernel.task.TaskWait;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;

import java.util.List;

/** Making, replacing, ending and waiting for processes; groups and sessions. */
final class ProcessSyscalls {
    private static final int CSIGNAL = 0xff;
    private static final int CLONE_ARGS_MIN = 64;

    private ProcessSyscalls() {}

    /** {@code pid_t fork(void)} */
    static long fork(Task task, SyscallArgs args) throws SyscallException {
        return TaskClone.clone(task, TaskClone.fork());
    }

    /** {@code pid_t vfork(void)} */
    static long vfork(Task task, SyscallArgs args) throws SyscallException {
        return TaskClone.clone(task, TaskClone.vfork());
    }

    /**
     * {@code long clone(unsigned long flags, void *stack, int *parent_tid, int *child_tid, unsigned
     * long tls)}
     */
    static long clone(Task task, SyscallArgs args) throws SyscallException {
        long flags = args.a0 & 0xffffffffL & ~CSIGNAL;
        int signal = args.int0() & CSIGNAL;
        if (signal > Signal.SIGRTMAX) throw EINVAL.exception();
        return TaskClone.clone(
                task, new TaskClone.Request(flags, signal, args.a1, args.a2, args.a3, args.a4));
    }

    /** {@code long clone3(struct clone_args *cl_args, size_t size)} */
    static long clone3(Task task, SyscallArgs args) throws SyscallException {
        if (args.a1 < CLONE_ARGS_MIN) throw EINVAL.exception();
        if (args.a1 > 4096) throw stasis.abi.Errno.E2BIG.exception();
        long at = args.a0;
        long flags = task.memory().readLong(at);
        long childTid = task.memory().readLong(at + 16);
        long parentTid = task.memory().readLong(at + 24);
        long signal = task.memory().readLong(at + 32);
        long stack = task.memory().readLong(at + 40);
        long stackSize = task.memory().readLong(at + 48);
        long tls = task.memory().readLong(at + 56);
        if ((flags & CSIGNAL) != 0 || signal < 0 || signal > Signal.SIGRTMAX) {
            throw EINVAL.exception();
        }
        if ((stack == 0) != (stackSize == 0)) throw EINVAL.exception();
        for (long extra = 64; extra < args.a1; extra += 8) {
            // set_tid and cgroup are not offered; what is beyond must be 0.
            if (extra + 8 <= args.a1 && task.memory().readLong(at + extra) != 0) {
                throw EINVAL.exception();
            }
        }
        long top = stack == 0 ? 0 : stack + stackSize;
        return TaskClone.clone(
                task, new TaskClone.Request(flags, (int) signal, top, parentTid, childTid, tls));
    }

    /** {@code int execve(const char *pathname, char *const argv[], char *const envp[])} */
    static long execve(Task task, SyscallArgs args) throws SyscallException {
        String path = task.memory().readString(args.a0, PATH_MAX);
        return exec(task, AT_FDCWD, path, args.a1, args.a2, 0);
    }

    /**
     * {@code int execveat(int dirfd, const char *pathname, char *const argv[], char *const envp[],
     * int flags)}
     */
    static long execveat(Task task, SyscallArgs args) throws SyscallException {
        String path = task.memory().readString(args.a1, PATH_MAX);
        int flags = args.int4();
        if ((flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) != 0) throw EINVAL.exception();
        return exec(task, args.int0(), path, args.a2, args.a3, flags);
    }

    private static long exec(Task task, int dirfd, String path, long argv, long envp, int flags)
            throws SyscallException {
        List<String> args = TaskExec.strings(task.memory(), argv);
        List<String> env = TaskExec.strings(task.memory(), envp);
        FileDescription file;
        String name = path;
        if (path.isEmpty()) {
            if ((flags & AT_EMPTY_PATH) == 0) throw ENOENT.exception();
            file = task.vfs().openForExec(task, place(task.fdTable().get(dirfd)));
            name = "/dev/fd/" + dirfd;
        } else {
            Path base =
                    dirfd == AT_FDCWD || path.startsWith("/") ? task.fs().cwd() : base(task, dirfd);
            boolean follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
            file = task.vfs().openForExec(task, task.fs(), base, path, follow);
            if (dirfd != AT_FDCWD && !path.startsWith("/")) name = "/dev/fd/" + dirfd + "/" + path;
        }
        TaskExec.exec(task, file, name, args, env);
        return SyscallHandler.REGISTERS_SET;
    }

    private static Path base(Task task, int dirfd) throws ErrnoException {
        return place(task.fdTable().get(dirfd));
    }

    private static Path place(FileDescription file) throws ErrnoException {
        Path path = file.path();
        if (path == null) throw EACCES.exception();
        return path;
    }

    /** {@code void exit(int status)} */
    static long exit(Task task, SyscallArgs args) {
        TaskExit.exitTask(task, (args.int0() & 0xff) << 8);
        return 0;
    }

    /** {@code void exit_group(int status)} */
    static long exit_group(Task task, SyscallArgs args) {
        TaskExit.exitGroup(task.group(), (args.int0() & 0xff) << 8);
        return 0;
    }

    /** {@code pid_t wait4(pid_t pid, int *wstatus, int options, struct rusage *rusage)} */
    static long wait4(Task task, SyscallArgs args) throws SyscallException {
        int options = args.int2();
        int known = WNOHANG | WSTOPPED | WCONTINUED | __WALL | __WCLONE | __WNOTHREAD;
        if ((options & ~known) != 0) throw EINVAL.exception();
        int pid = args.int0();
        if (pid == Integer.MIN_VALUE) throw ESRCH.exception();
        TaskWait.Which which = TaskWait.Which.PROCESS_GROUP;
        int id = -pid;
        if (pid == -1) which = TaskWait.Which.ALL;
        else if (pid == 0) id = task.group().processGroup().id();
        else if (pid > 0) {
            which = TaskWait.Which.PID;
            id = pid;
        }
        TaskWait.Change change = TaskWait.waitFor(task, which, id, options | WEXITED);
        if (change == null) return 0;
        if (args.a1 != 0) task.memory().writeInt(args.a1, change.status());
        if (args.a3 != 0) ResourceSyscalls.writeRusage(task, args.a3, change);
        return change.pid();
    }

    /**
     * {@code int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options, struct rusage *)}
     */
    static long waitid(Task task, SyscallArgs args) throws SyscallException {
        int options = args.int3();
        int known = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED;
        known |= __WALL | __WCLONE | __WNOTHREAD;
        if ((options & ~known) != 0) throw EINVAL.exception();
        if ((options & (WEXITED | WSTOPPED | WCONTINUED)) == 0) throw EINVAL.exception();
        if (args.int0() == Wait.P_PIDFD) return waitForPidfd(task, args, options);
        int id = args.int1();
        TaskWait.Which which =
                switch (args.int0()) {
                    case Wait.P_ALL -> TaskWait.Which.ALL;
                    case Wait.P_PID -> TaskWait.Which.PID;
                    case Wait.P_PGID -> TaskWait.Which.PROCESS_GROUP;
                    default -> throw EINVAL.exception();
                };
        if (which == TaskWait.Which.PROCESS_GROUP && id == 0) {
            id = task.group().processGroup().id();
        } else if (which != TaskWait.Which.ALL && id <= 0) {
            throw EINVAL.exception();
        }
        return tell(task, args, TaskWait.waitFor(task, which, id, options));
    }

    /** A descriptor with O_NONBLOCK says EAGAIN where waitid(2) would wait. */
    private static long waitForPidfd(Task task, SyscallArgs args, int options)
            throws SyscallException {
        FileDescription file = task.fdTable().get(args.int1());
        if (!(file.impl() instanceof Pidfd pidfd)) throw EBADF.exception();
        int id = pidfd.group().pid();
        boolean polls = file.nonBlocking() && (options & WNOHANG) == 0;
        int how = polls ? options | WNOHANG : options;
        TaskWait.Change change = TaskWait.waitFor(task, TaskWait.Which.PID, id, how);
        if (polls && change == null) throw EAGAIN.exception();
        return tell(task, args, change);
    }

    private static long tell(Task task, SyscallArgs args, TaskWait.@Nullable Change change)
            throws ErrnoException {
        if (args.a2 != 0) writeInfo(task, args.a2, change);
        if (args.a4 != 0 && change != null) ResourceSyscalls.writeRusage(task, args.a4, change);
        return 0;
    }

    private static void writeInfo(Task task, long addr, TaskWait.@Nullable Change change)
            throws ErrnoException {
        boolean none = change == null;
        task.memory().writeInt(addr, none ? 0 : Signal.SIGCHLD);
        task.memory().writeInt(addr + 4, 0);
        task.memory().writeInt(addr + 8, change == null ? 0 : change.code());
        task.memory().writeInt(addr + 16, change == null ? 0 : change.pid());
        task.memory().writeInt(addr + 20, change == null ? 0 : change.uid());
        task.memory().writeInt(addr + 24, change == null ? 0 : TaskWait.detail(change));
    }

    /** {@code int unshare(int flags)} */
    static long unshare(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int0();
        int known =
                CLONE_FILES | CLONE_FS | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
        if ((flags & ~known) != 0) throw EPERM.exception();
        boolean threads = (flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) != 0;
        if (threads && task.mm().shared()) throw EINVAL.exception();
        if ((flags & CLONE_FS) != 0 && task.fs().shared()) {
            var copy = task.fs().copy();
            task.fs().leave();
            task.setFs(copy);
        }
        if ((flags & CLONE_FILES) != 0 && task.fdTable().shared()) {
            var copy = task.fdTable().copy();
            task.fdTable().leave(task);
            task.setFdTable(copy);
        }
        return 0;
    }

    // ---- numbers

    /** {@code pid_t getpid(void)} */
    static long getpid(Task task, SyscallArgs args) {
        return task.pid();
    }

    /** {@code pid_t gettid(void)} */
    static long gettid(Task task, SyscallArgs args) {
        return task.tid();
    }

    /** {@code pid_t getppid(void)} */
    static long getppid(Task task, SyscallArgs args) {
        return task.group().parentPid();
    }

    /** {@code pid_t set_tid_address(int *tidptr)} */
    static long set_tid_address(Task task, SyscallArgs args) {
        task.setClearChildTid(args.a0);
        return task.tid();
    }

    // ---- groups and sessions

    /** {@code pid_t getpgrp(void)} */
    static long getpgrp(Task task, SyscallArgs args) {
        return task.group().processGroup().id();
    }

    /** {@code pid_t getpgid(pid_t pid)} */
    static long getpgid(Task task, SyscallArgs args) throws SyscallException {
        try (var _ = task.machine().tasks().lock().hold()) {
            return group(task, args.int0()).processGroup().id();
        }
    }

    /** {@code pid_t getsid(pid_t pid)} */
    static long getsid(Task task, SyscallArgs args) throws SyscallException {
        try (var _ = task.machine().tasks().lock().hold()) {
            return group(task, args.int0()).session().id();
        }
    }

    private static ThreadGroup group(Task task, int pid) throws ErrnoException {
        if (pid == 0) return task.group();
        Task found = task.machine().tasks().findLocked(pid);
        if (found == null) throw ESRCH.exception();
        return found.group();
    }

    /** {@code int setpgid(pid_t pid, pid_t pgid)} */
    static long setpgid(Task task, SyscallArgs args) throws SyscallException {
        Jobs.setpgid(task, args.int0(), args.int1());
        return 0;
    }

    /** {@code pid_t setsid(void)} */
    static long setsid(Task task, SyscallArgs args) throws SyscallException {
        return Jobs.setsid(task);
    }
}
