package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;

import stasis.abi.ErrnoException;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;

/** struct timespec and struct timeval in guest memory, both 16 bytes; times as nanoseconds. */
final class TimeArgs {
    static final long SECOND = 1_000_000_000L;

    /** KTIME_MAX in seconds: what is beyond is the end of time. */
    private static final long MAX_SECONDS = Long.MAX_VALUE / SECOND;

    private TimeArgs() {}

    /** EINVAL for a negative time or nanoseconds outside 0..999,999,999. */
    static long timespec(Task task, long addr) throws ErrnoException {
        long seconds = task.memory().readLong(addr);
        long nanos = task.memory().readLong(addr + 8);
        if (seconds < 0 || nanos < 0 || nanos >= SECOND) throw EINVAL.exception();
        return seconds >= MAX_SECONDS ? Long.MAX_VALUE : seconds * SECOND + nanos;
    }

    static long timeval(Task task, long addr) throws ErrnoException {
        long seconds = task.memory().readLong(addr);
        long micros = task.memory().readLong(addr + 8);
        if (seconds < 0 || micros < 0 || micros >= 1_000_000) throw EINVAL.exception();
        return seconds >= MAX_SECONDS ? Long.MAX_VALUE : seconds * SECOND + micros * 1000;
    }

    static void writeTimespec(Task task, long addr, long nanos) throws ErrnoException {
        task.memory().writeLong(addr, Math.floorDiv(nanos, SECOND));
        task.memory().writeLong(addr + 8, Math.floorMod(nanos, SECOND));
    }

    static void writeTimeval(Task task, long addr, long nanos) throws ErrnoException {
        task.memory().writeLong(addr, Math.floorDiv(nanos, SECOND));
        task.memory().writeLong(addr + 8, Math.floorMod(nanos, SECOND) / 1000);
    }

    /** A time of CLOCK_REALTIME as one of the guest's monotonic clock. */
    static long realtimeDeadline(Task task, long nanos) {
        if (nanos == Long.MAX_VALUE) return MonotonicClock.NEVER;
        long left = nanos - task.realtimeClock().now();
        return task.monotonicClock().now() + left;
    }
}
