package stasis.kernel.time;

import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

/** The guest's CLOCK_REALTIME: the host's. It jumps over the time spent as a snapshot. */
@Saved("time.RealtimeClock")
public final class RealtimeClock {
    @NotSaved("the clock of the host that restores")
    private HostClock host;

    @SuppressWarnings("NullAway.Init")
    private RealtimeClock() {}

    public RealtimeClock(HostClock host) {
        this.host = host;
    }

    /** Nanoseconds since 1970. */
    public long now() {
        return host.realtimeNanos();
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        host = restoration.resource(HostClock.class);
    }
}
