package stasis.kernel.time;

/** The clocks of the host that runs the kernel. A test has one that it moves itself. */
public interface HostClock {
    /** CLOCK_MONOTONIC of the host, nanoseconds. */
    long monotonicNanos();

    /** CLOCK_REALTIME of the host, nanoseconds since 1970. */
    long realtimeNanos();

    /**
     * The counter that user code reads with {@code rdtsc}, or 0 if it does not run evenly and alike
     * on all processors: programs then make real calls for the time.
     */
    default long ticks() {
        return 0;
    }
}
