package stasis.kernel.fs.timerfd;

import stasis.state.Saved;

/**
 * {@code struct itimerspec}, as nanoseconds.
 *
 * @param value time of the next expiry on the timer's clock, or the time until it; 0: disarmed
 * @param interval 0: once
 */
@Saved("timerfd.Arming")
public record Arming(long value, long interval) {
    public static final Arming DISARMED = new Arming(0, 0);

    public Arming {
        if (value < 0 || interval < 0) throw new IllegalArgumentException("negative time");
    }

    public boolean isDisarmed() {
        return value == 0;
    }
}
