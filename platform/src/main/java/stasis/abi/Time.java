package stasis.abi;

/** {@code include/uapi/linux/time.h}. */
public final class Time {
    private Time() {}

    public static final int CLOCK_REALTIME = 0x0;
    public static final int CLOCK_MONOTONIC = 0x1;
    public static final int CLOCK_PROCESS_CPUTIME_ID = 0x2;
    public static final int CLOCK_THREAD_CPUTIME_ID = 0x3;
    public static final int CLOCK_MONOTONIC_RAW = 0x4;
    public static final int CLOCK_REALTIME_COARSE = 0x5;
    public static final int CLOCK_MONOTONIC_COARSE = 0x6;
    public static final int CLOCK_BOOTTIME = 0x7;
    public static final int CLOCK_REALTIME_ALARM = 0x8;
    public static final int CLOCK_BOOTTIME_ALARM = 0x9;
    public static final int CLOCK_TAI = 0xb;

    public static final int TIMER_ABSTIME = 0x1;
}
