package stasis.kernel.time;

/** The clocks of the host that runs the kernel. A test has one that it moves itself. */
public interface HostClock {
    /** CLOCK_MONOTONIC of the host, nanoseconds. */
    long monotonicNanos();

    /** CLOCK_REALTIME of the host, nanoseconds since 1970. */
    long realtimeNanos();
}
