package stasis.net.time;

import stasis.state.Saved;

/** The time that the stack was last told. It never goes back, and stands still in a snapshot. */
@Saved("net.NetClock")
public final class NetClock {
    private long now;

    public NetClock() {}

    public long now() {
        return now;
    }

    public void advanceTo(long nowNanos) {
        now = Math.max(now, nowNanos);
    }
}
