package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLPRI;
import static stasis.abi.Poll.POLLRDBAND;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRBAND;
import static stasis.abi.Poll.POLLWRNORM;
import static stasis.abi.Resource.RLIMIT_NOFILE;

import stasis.abi.ErrnoException;
import stasis.abi.Le;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.vfs.FdTable;

import java.lang.foreign.MemorySegment;

/**
 * poll(2), select(2) and their signal-mask variants.
 *
 * <pre>
 * struct pollfd
 * offset  size  field
 *      0     4  fd
 *      4     2  events
 *      6     2  revents
 *      8        sizeof
 * </pre>
 */
final class PollSyscalls {
    private static final int POLLFD = 8;
    private static final long SECOND = 1_000_000_000;

    /** What select(2) means by readable, writable, exceptional: {@code fs/select.c}. */
    private static final int[] SELECT_SETS = {
        POLLRDNORM | POLLRDBAND | POLLIN | POLLHUP | POLLERR,
        POLLWRBAND | POLLWRNORM | POLLOUT | POLLERR,
        POLLPRI
    };

    /** Never returned as a timeout. */
    private static final long FOREVER = -1;

    private PollSyscalls() {}

    // ---- poll ----

    /** {@code int poll(struct pollfd *fds, nfds_t nfds, int timeout)} */
    static long poll(Task task, SyscallArgs args) throws SyscallException {
        long timeout = args.int2() < 0 ? FOREVER : args.int2() * 1_000_000L;
        return poll(task, args.a0, args.a1, timeout, RestartException.ERESTART_RESTARTBLOCK);
    }

    /** {@code int ppoll(struct pollfd *, nfds_t, struct timespec *, const sigset_t *, size_t)} */
    static long ppoll(Task task, SyscallArgs args) throws SyscallException {
        long timeout = timespec(task, args.a2);
        setMask(task, args.a3, args.a4);
        long deadline = task.deadline(timeout);
        try {
            return poll(task, args.a0, args.a1, timeout, RestartException.ERESTARTNOHAND);
        } finally {
            writeRest(task, args.a2, deadline, 1);
        }
    }

    private static long poll(Task task, long addr, long count, long timeout, RestartException kind)
            throws SyscallException {
        long most = task.limits().soft(RLIMIT_NOFILE);
        if (count < 0 || count > FdTable.MAX || Long.compareUnsigned(count, most) > 0) {
            throw EINVAL.exception();
        }
        int n = (int) count;
        Polling polling = new Polling(task, n, POLLERR | POLLHUP);
        MemorySegment buffer = task.buffer(Math.max(1, n * POLLFD));
        task.memory().read(addr, buffer, 0, n * (long) POLLFD);
        for (int i = 0; i < n; i++) {
            int fd = Le.getInt(buffer, i * POLLFD);
            polling.add(fd, Le.getShort(buffer, i * POLLFD + 4));
        }
        long deadline = task.deadline(timeout);
        int ready = polling.await(deadline, timeout != 0, kind);
        for (int i = 0; i < n; i++) {
            task.memory().writeShort(addr + i * (long) POLLFD + 6, polling.found(i));
        }
        return ready;
    }

    /** Nanoseconds, or {@link #FOREVER} for a null pointer. */
    private static long timespec(Task task, long addr) throws ErrnoException {
        return timeout(task, addr, SECOND);
    }

    private static long timeout(Task task, long addr, long perSecond) throws ErrnoException {
        if (addr == 0) return FOREVER;
        long seconds = task.memory().readLong(addr);
        long fraction = task.memory().readLong(addr + 8);
        if (perSecond < SECOND && fraction >= perSecond) {
            seconds += fraction / perSecond;
            fraction %= perSecond;
        }
        if (seconds < 0 || fraction < 0 || fraction >= perSecond) throw EINVAL.exception();
        if (seconds >= Long.MAX_VALUE / SECOND / 2) return Long.MAX_VALUE / 2;
        return seconds * SECOND + fraction * (SECOND / perSecond);
    }

    private static void setMask(Task task, long addr, long size) throws ErrnoException {
        if (addr == 0) return;
        if (size != Long.BYTES) throw EINVAL.exception();
        task.setTemporaryMask(task.memory().readLong(addr));
    }

    /** Like Linux, what is left of the timeout; a place that cannot be written is left alone. */
    private static void writeRest(Task task, long addr, long deadline, long divisor) {
        if (addr == 0 || deadline == MonotonicClock.NEVER) return;
        long rest = Math.max(0, deadline - task.monotonicClock().now());
        try {
            task.memory().writeLong(addr, rest / SECOND);
            task.memory().writeLong(addr + 8, rest % SECOND / divisor);
        } catch (ErrnoException e) {
            return;
        }
    }

    // ---- select ----

    /** {@code int select(int nfds, fd_set *, fd_set *, fd_set *, struct timeval *timeout)} */
    static long select(Task task, SyscallArgs args) throws SyscallException {
        return select(task, args, timeout(task, args.a4, 1_000_000), 1000);
    }

    /**
     * {@code int pselect6(int nfds, fd_set *, fd_set *, fd_set *, struct timespec *, struct { const
     * sigset_t *mask; size_t size; } *)}
     */
    static long pselect6(Task task, SyscallArgs args) throws SyscallException {
        long timeout = timespec(task, args.a4);
        if (args.a5 != 0) {
            UserAccess memory = task.memory();
            setMask(task, memory.readLong(args.a5), memory.readLong(args.a5 + 8));
        }
        return select(task, args, timeout, 1);
    }

    private static long select(Task task, SyscallArgs args, long timeout, long divisor)
            throws SyscallException {
        long deadline = task.deadline(timeout);
        try {
            return selectUntil(task, args, deadline, timeout != 0);
        } finally {
            writeRest(task, args.a4, deadline, divisor);
        }
    }

    private static long selectUntil(Task task, SyscallArgs args, long deadline, boolean wait)
            throws SyscallException {
        int asked = args.int0();
        if (asked < 0) throw EINVAL.exception();
        int n = Math.min(asked, Math.max(64, task.fdTable().last() + 1));
        long[] addrs = {args.a1, args.a2, args.a3};
        int words = (n + 63) >> 6;
        long[][] sets = readSets(task, addrs, words);
        int[] fds = new int[n];
        Polling polling = new Polling(task, n, 0);
        for (int fd = 0; fd < n; fd++) {
            int events = wanted(sets, fd);
            if (events == 0) continue;
            fds[polling.size()] = fd;
            polling.addOpen(task.fdTable(), fd, events);
        }
        polling.await(deadline, wait, RestartException.ERESTARTNOHAND);
        return writeSets(task, addrs, sets, fds, polling);
    }

    private static long[][] readSets(Task task, long[] addrs, int words) throws ErrnoException {
        long[][] sets = new long[addrs.length][words];
        for (int s = 0; s < addrs.length; s++) {
            if (addrs[s] == 0) continue;
            for (int w = 0; w < words; w++) {
                sets[s][w] = task.memory().readLong(addrs[s] + 8L * w);
            }
        }
        return sets;
    }

    private static boolean isSet(long[] set, int fd) {
        return (set[fd >> 6] & (1L << fd)) != 0;
    }

    private static int wanted(long[][] sets, int fd) {
        int events = 0;
        for (int s = 0; s < sets.length; s++) if (isSet(sets[s], fd)) events |= SELECT_SETS[s];
        return events;
    }

    /** Leaves what is ready; returns how many bits that is. */
    private static long writeSets(
            Task task, long[] addrs, long[][] sets, int[] fds, Polling polling)
            throws ErrnoException {
        long count = 0;
        for (int s = 0; s < addrs.length; s++) {
            if (addrs[s] == 0) continue;
            long[] out = new long[sets[s].length];
            for (int i = 0; i < polling.size(); i++) {
                if (!isSet(sets[s], fds[i]) || (polling.found(i) & SELECT_SETS[s]) == 0) continue;
                out[fds[i] >> 6] |= 1L << fds[i];
                count++;
            }
            for (int w = 0; w < out.length; w++) {
                task.memory().writeLong(addrs[s] + 8L * w, out[w]);
            }
        }
        return count;
    }
}
