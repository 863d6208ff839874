package stasis.kernel.syscall.linux;

import static stasis.abi.Epoll.EPOLLERR;
import static stasis.abi.Epoll.EPOLLET;
import static stasis.abi.Epoll.EPOLLEXCLUSIVE;
import static stasis.abi.Epoll.EPOLLHUP;
import static stasis.abi.Epoll.EPOLLIN;
import static stasis.abi.Epoll.EPOLLOUT;
import static stasis.abi.Epoll.EPOLLWAKEUP;
import static stasis.abi.Epoll.EPOLL_CLOEXEC;
import static stasis.abi.Epoll.EPOLL_CTL_ADD;
import static stasis.abi.Epoll.EPOLL_CTL_DEL;
import static stasis.abi.Epoll.EPOLL_CTL_MOD;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.RestartException.EINTR_UNLESS_CHECKPOINT;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.epoll.Epoll;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.wait.Waiter;

import java.lang.foreign.MemorySegment;

/**
 * epoll_create(2), epoll_ctl(2), epoll_wait(2).
 *
 * <pre>
 * struct epoll_event, packed on x86-64
 * offset  size  field
 *      0     4  events
 *      4     8  data
 *     12        sizeof
 * </pre>
 */
final class EpollSyscalls {
    private static final int EVENT_BYTES = 12;
    private static final int MAX_EVENTS = Integer.MAX_VALUE / EVENT_BYTES;

    /** More than that are given by the next call. */
    private static final int AT_ONCE = 4096;

    private static final long MILLI = 1_000_000;
    private static final int EXCLUSIVE_OK =
            EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;

    private EpollSyscalls() {}

    /** {@code int epoll_create(int size)} */
    static long epoll_create(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() <= 0) throw EINVAL.exception();
        return create(task, false);
    }

    /** {@code int epoll_create1(int flags)} */
    static long epoll_create1(Task task, SyscallArgs args) throws SyscallException {
        if ((args.int0() & ~EPOLL_CLOEXEC) != 0) throw EINVAL.exception();
        return create(task, args.int0() != 0);
    }

    private static long create(Task task, boolean cloexec) throws SyscallException {
        Epoll epoll = new Epoll(AnonymousFilesystem.newOther(task.vfs(), task, "[eventpoll]"));
        return task.install(new FileDescription(epoll, O_RDWR, null), cloexec);
    }

    private static Epoll epoll(Task task, int fd) throws ErrnoException {
        if (task.fdTable().get(fd).impl() instanceof Epoll epoll) return epoll;
        throw EINVAL.exception();
    }

    /** {@code int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)} */
    static long epoll_ctl(Task task, SyscallArgs args) throws SyscallException {
        int op = args.int1();
        int fd = args.int2();
        int events = 0;
        long data = 0;
        if (op != EPOLL_CTL_DEL) {
            events = task.memory().readInt(args.a3);
            data = task.memory().readLong(args.a3 + 4);
        }
        task.fdTable().get(args.int0());
        FileDescription file = task.fdTable().get(fd);
        Epoll epoll = epoll(task, args.int0());
        if ((events & EPOLLEXCLUSIVE) != 0) checkExclusive(op, events, file);
        switch (op) {
            case EPOLL_CTL_ADD -> epoll.add(file, fd, events, data);
            case EPOLL_CTL_MOD -> epoll.modify(file, fd, events, data);
            case EPOLL_CTL_DEL -> epoll.remove(file, fd);
            default -> throw EINVAL.exception();
        }
        return 0;
    }

    /** Unlike Linux, EPOLLEXCLUSIVE wakes all who wait; one of them finds what there is. */
    private static void checkExclusive(int op, int events, FileDescription file)
            throws ErrnoException {
        boolean nested = file.impl() instanceof Epoll;
        if (op != EPOLL_CTL_ADD || nested || (events & ~EXCLUSIVE_OK) != 0) {
            throw EINVAL.exception();
        }
    }

    /** {@code int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)} */
    static long epoll_wait(Task task, SyscallArgs args) throws SyscallException {
        return await(task, args, args.int3() < 0 ? -1 : args.int3() * MILLI);
    }

    /**
     * {@code int epoll_pwait(int epfd, struct epoll_event *events, int maxevents, int timeout,
     * const sigset_t *sigmask, size_t sigsetsize)}
     */
    static long epoll_pwait(Task task, SyscallArgs args) throws SyscallException {
        setMask(task, args);
        return epoll_wait(task, args);
    }

    /** As epoll_pwait, with a {@code const struct timespec *timeout}. */
    static long epoll_pwait2(Task task, SyscallArgs args) throws SyscallException {
        long timeout = args.a3 == 0 ? -1 : TimeArgs.timespec(task, args.a3);
        setMask(task, args);
        return await(task, args, timeout);
    }

    private static void setMask(Task task, SyscallArgs args) throws ErrnoException {
        if (args.a4 == 0) return;
        if (args.a5 != Long.BYTES) throw EINVAL.exception();
        task.setTemporaryMask(task.memory().readLong(args.a4));
    }

    private static long await(Task task, SyscallArgs args, long timeout) throws SyscallException {
        int most = args.int2();
        Epoll epoll = epoll(task, args.int0());
        if (most <= 0 || most > MAX_EVENTS) throw EINVAL.exception();
        int room = Math.min(most, AT_ONCE);
        task.memory().checkWritable(args.a1, (long) room * EVENT_BYTES);
        MemorySegment buffer = task.buffer((long) room * EVENT_BYTES);
        int n = collect(epoll, buffer, room);
        if (n == 0 && timeout != 0) n = sleep(task, epoll, buffer, room, task.deadline(timeout));
        task.memory().write(args.a1, buffer, 0, (long) n * EVENT_BYTES);
        return n;
    }

    private static int sleep(Task task, Epoll epoll, MemorySegment buffer, int room, long deadline)
            throws SyscallException {
        Waiter waiter = new Waiter(task, EPOLLIN);
        epoll.waitQueue().add(waiter);
        try {
            for (; ; ) {
                task.prepareSleep();
                int n = collect(epoll, buffer, room);
                if (n > 0 || !task.sleep(deadline, EINTR_UNLESS_CHECKPOINT)) return n;
            }
        } finally {
            epoll.waitQueue().remove(waiter);
        }
    }

    private static int collect(Epoll epoll, MemorySegment buffer, int room) {
        long[] at = {0};
        return epoll.collect(
                room,
                (events, data) -> {
                    buffer.set(JAVA_INT_UNALIGNED, at[0], events);
                    buffer.set(JAVA_LONG_UNALIGNED, at[0] + 4, data);
                    at[0] += EVENT_BYTES;
                });
    }
}
