package stasis.kernel.fs.timerfd;

import stasis.state.Saved;

/** Which of the guest's clocks a timer runs on. */
@Saved("timerfd.TimerfdClock")
public enum TimerfdClock {
    /** Also CLOCK_BOOTTIME: guest time stands still while the sandbox is a snapshot. */
    MONOTONIC,
    REALTIME
}
