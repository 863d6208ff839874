package stasis.cli.boot;

import stasis.kernel.time.HostClock;

import java.time.Instant;

/** The clocks of this host. */
final class HostTime implements HostClock {
    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long realtimeNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
