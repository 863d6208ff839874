package stasis.kernel.caller;

import stasis.abi.RestartException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.wait.WaitTarget;

import java.lang.foreign.MemorySegment;

/**
 * Who makes a call: what file systems and memory may know of a task. All methods are for the
 * calling task's own thread.
 */
public interface Caller extends WaitTarget {
    Credentials credentials();

    ResourceLimits limits();

    UserAccess memory();

    MonotonicClock monotonicClock();

    RealtimeClock realtimeClock();

    /** Thread group id (what getpid(2) says). */
    int pid();

    /** At least {@code bytes} of scratch memory that nobody else uses until the call returns. */
    MemorySegment buffer(long bytes);

    /**
     * Forgets earlier wake-ups. Then register waiters whose target is this caller, look at the
     * condition, and {@link #sleep}.
     */
    void prepareSleep();

    /**
     * Sleeps until one of this caller's waiters is told something, or guest time reaches {@code
     * deadlineNanos} ({@link MonotonicClock#NEVER}: no limit).
     *
     * @return false if the time was up
     * @throws RestartException of {@code kind} if a signal is to be delivered or the kernel is
     *     being paused; {@code deadlineNanos} is then remembered, see {@link #deadline}
     */
    boolean sleep(long deadlineNanos, RestartException kind) throws RestartException;

    /**
     * The guest time at which a call that waits {@code timeoutNanos} (negative: for ever) gives up.
     * A call that is made again after a checkpoint keeps the deadline it had.
     */
    long deadline(long timeoutNanos);

    /**
     * Bytes (or whatever the call counts) that this call had done before a checkpoint interrupted
     * it; 0 in a call made for the first time.
     */
    long progress();

    /** Remembers {@link #progress}, just before a {@link RestartException} is thrown. */
    void keepProgress(long done);

    /** Sends SIGPIPE to the calling thread: a write to a pipe or socket that nobody reads. */
    void raiseSigpipe();

    /** Fresh random bytes of the sandbox, never those of a sibling clone. */
    void random(MemorySegment to, long at, long length);
}
