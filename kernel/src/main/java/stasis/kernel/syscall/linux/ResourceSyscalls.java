package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SYS_NICE;
import static stasis.abi.Capability.CAP_SYS_RESOURCE;
import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Resource.PRIO_PGRP;
import static stasis.abi.Resource.PRIO_PROCESS;
import static stasis.abi.Resource.PRIO_USER;
import static stasis.abi.Resource.RLIMIT_NOFILE;
import static stasis.abi.Resource.RUSAGE_CHILDREN;
import static stasis.abi.Resource.RUSAGE_SELF;
import static stasis.abi.Resource.RUSAGE_THREAD;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskWait;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FdTable;

import java.util.ArrayList;
import java.util.List;

/** Limits, usage, priorities. */
final class ResourceSyscalls {
    /** sizeof(struct rusage). */
    private static final int RUSAGE_BYTES = 144;

    private static final long CLOCK_TICK_NANOS = 10_000_000;

    private ResourceSyscalls() {}

    private static void setLimit(
            Task task, ResourceLimits limits, int resource, long soft, long hard)
            throws ErrnoException {
        if (Long.compareUnsigned(soft, hard) > 0) throw EINVAL.exception();
        if (resource == RLIMIT_NOFILE && Long.compareUnsigned(hard, FdTable.MAX) > 0) {
            throw EPERM.exception();
        }
        boolean raises = Long.compareUnsigned(hard, limits.hard(resource)) > 0;
        if (raises && !task.credentials().has(CAP_SYS_RESOURCE)) throw EPERM.exception();
        limits.set(resource, soft, hard);
    }

    private static void check(int resource) throws ErrnoException {
        if (resource < 0 || resource >= ResourceLimits.COUNT) throw EINVAL.exception();
    }

    /** {@code int getrlimit(int resource, struct rlimit *rlim)} */
    static long getrlimit(Task task, SyscallArgs args) throws SyscallException {
        check(args.int0());
        task.memory().writeLong(args.a1, task.limits().soft(args.int0()));
        task.memory().writeLong(args.a1 + 8, task.limits().hard(args.int0()));
        return 0;
    }

    /** {@code int setrlimit(int resource, const struct rlimit *rlim)} */
    static long setrlimit(Task task, SyscallArgs args) throws SyscallException {
        check(args.int0());
        long soft = task.memory().readLong(args.a1);
        long hard = task.memory().readLong(args.a1 + 8);
        setLimit(task, task.limits(), args.int0(), soft, hard);
        return 0;
    }

    /**
     * {@code int prlimit(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old)}
     */
    static long prlimit64(Task task, SyscallArgs args) throws SyscallException {
        int resource = args.int1();
        check(resource);
        ResourceLimits limits = task.limits();
        if (args.int0() != 0) {
            try (var _ = task.machine().tasks().lock().hold()) {
                Task found = task.machine().tasks().findLocked(args.int0());
                if (found == null) throw ESRCH.exception();
                boolean mine = found.credentials().uid() == task.credentials().uid();
                if (!mine && !task.credentials().has(CAP_SYS_RESOURCE)) throw EPERM.exception();
                limits = found.limits();
            }
        }
        long oldSoft = limits.soft(resource);
        long oldHard = limits.hard(resource);
        if (args.a2 != 0) {
            long soft = task.memory().readLong(args.a2);
            long hard = task.memory().readLong(args.a2 + 8);
            setLimit(task, limits, resource, soft, hard);
        }
        if (args.a3 != 0) {
            task.memory().writeLong(args.a3, oldSoft);
            task.memory().writeLong(args.a3 + 8, oldHard);
        }
        return 0;
    }

    /** {@code int getrusage(int who, struct rusage *usage)} */
    static long getrusage(Task task, SyscallArgs args) throws SyscallException {
        ThreadGroup g = task.group();
        long user;
        long system;
        try (var _ = task.machine().tasks().lock().hold()) {
            switch (args.int0()) {
                case RUSAGE_SELF -> {
                    user = g.userNanos();
                    system = g.systemNanos();
                }
                case RUSAGE_CHILDREN -> {
                    user = g.childrenUserNanos();
                    system = g.childrenSystemNanos();
                }
                case RUSAGE_THREAD -> {
                    user = task.userNanos();
                    system = task.systemNanos();
                }
                default -> throw EINVAL.exception();
            }
        }
        long maxRss = args.int0() == RUSAGE_CHILDREN ? 0 : task.mm().residentPages() * 4;
        writeRusage(task, args.a1, user, system, maxRss);
        return 0;
    }

    static void writeRusage(Task task, long addr, TaskWait.Change change) throws ErrnoException {
        writeRusage(task, addr, change.userNanos(), change.systemNanos(), 0);
    }

    private static void writeRusage(Task task, long addr, long user, long system, long maxRssKib)
            throws ErrnoException {
        task.memory().zero(addr, RUSAGE_BYTES);
        TimeArgs.writeTimeval(task, addr, user);
        TimeArgs.writeTimeval(task, addr + 16, system);
        task.memory().writeLong(addr + 32, maxRssKib);
    }

    /** {@code clock_t times(struct tms *buf)} */
    static long times(Task task, SyscallArgs args) throws SyscallException {
        if (args.a0 != 0) {
            ThreadGroup g = task.group();
            long[] t;
            try (var _ = task.machine().tasks().lock().hold()) {
                t =
                        new long[] {
                            g.userNanos(),
                            g.systemNanos(),
                            g.childrenUserNanos(),
                            g.childrenSystemNanos()
                        };
            }
            for (int i = 0; i < t.length; i++) {
                task.memory().writeLong(args.a0 + 8L * i, t[i] / CLOCK_TICK_NANOS);
            }
        }
        return task.monotonicClock().now() / CLOCK_TICK_NANOS;
    }

    // ---- priorities

    private static List<Task> targets(Task task, int which, int who) throws ErrnoException {
        List<Task> found = new ArrayList<>();
        for (Task t : task.machine().tasks().tasksLocked()) {
            ThreadGroup g = t.group();
            boolean meant =
                    switch (which) {
                        case PRIO_PROCESS -> t.tid() == (who == 0 ? task.tid() : who);
                        case PRIO_PGRP ->
                                g.processGroup().id()
                                        == (who == 0 ? task.group().processGroup().id() : who);
                        case PRIO_USER ->
                                t.credentials().uid()
                                        == (who == 0 ? task.credentials().uid() : who);
                        default -> throw EINVAL.exception();
                    };
            if (meant) found.add(t);
        }
        if (found.isEmpty()) throw ESRCH.exception();
        return found;
    }

    /** {@code int getpriority(int which, id_t who)}, the system call: 20 - nice. */
    static long getpriority(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() < 0 || args.int0() > 2) throw EINVAL.exception();
        try (var _ = task.machine().tasks().lock().hold()) {
            int best = 19;
            for (Task t : targets(task, args.int0(), args.int1())) best = Math.min(best, t.nice());
            return 20L - best;
        }
    }

    /** {@code int setpriority(int which, id_t who, int prio)} */
    static long setpriority(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() < 0 || args.int0() > 2) throw EINVAL.exception();
        int nice = Math.max(-20, Math.min(19, args.int2()));
        try (var _ = task.machine().tasks().lock().hold()) {
            for (Task t : targets(task, args.int0(), args.int1())) {
                if (nice < t.nice() && !task.credentials().has(CAP_SYS_NICE)) {
                    throw EACCES.exception();
                }
                t.setNice(nice);
            }
        }
        return 0;
    }
}
