package stasis.kernel.fs.timerfd;

/** Which of the guest's clocks a timer runs on. */
public enum TimerfdClock {
    /** Also CLOCK_BOOTTIME: guest time stands still while the sandbox is a snapshot. */
    MONOTONIC,
    REALTIME
}
