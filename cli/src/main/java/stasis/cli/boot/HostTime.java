package stasis.cli.boot;

import stasis.host.TimeStampCounter;
import stasis.kernel.time.HostClock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The clocks of this host. */
final class HostTime implements HostClock {
    private static final Path CLOCK_SOURCE =
            Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

    private final boolean countsEvenly;

    private HostTime(boolean countsEvenly) {
        this.countsEvenly = countsEvenly;
    }

    /** Asks, while there is a /sys, whether the host itself tells the time by the counter. */
    static HostTime ofThisHost() {
        try {
            return new HostTime(Files.readString(CLOCK_SOURCE).strip().equals("tsc"));
        } catch (IOException e) {
            return new HostTime(false);
        }
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long realtimeNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public long ticks() {
        return countsEvenly ? TimeStampCounter.read() : 0;
    }
}
