package stasis.net.ip;

import stasis.net.Entropy;
import stasis.net.link.PacketPool;
import stasis.net.time.NetClock;
import stasis.net.time.TimerQueue;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

/** What all layers of one stack share. */
@Saved("net.NetContext")
public final class NetContext {
    private NetClock clock = new NetClock();
    private TimerQueue timers = new TimerQueue();
    private PacketPool pool = new PacketPool();

    @NotSaved("given by whoever restores: copies of one snapshot must not draw the same numbers")
    private Entropy entropy;

    @SuppressWarnings("NullAway.Init") // for a restore
    private NetContext() {}

    public NetContext(Entropy entropy) {
        this.entropy = entropy;
    }

    public NetClock clock() {
        return clock;
    }

    public long now() {
        return clock.now();
    }

    public TimerQueue timers() {
        return timers;
    }

    public PacketPool pool() {
        return pool;
    }

    public long random() {
        return entropy.nextLong();
    }

    @AfterRestore
    private void plug(Restoration restoration) {
        entropy = restoration.resource(Entropy.class);
    }
}
