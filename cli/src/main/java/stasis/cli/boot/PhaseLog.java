package stasis.cli.boot;

import stasis.cli.Log;
import stasis.state.image.Phases;

/** How long each part took, a line each in the debug log. One thread at a time. */
public final class PhaseLog implements Phases {
    private final Log log;
    private final String work;
    private final long start = System.nanoTime();
    private long last = start;

    public PhaseLog(Log log, String work) {
        this.log = log;
        this.work = work;
    }

    @Override
    public void done(String phase) {
        long now = System.nanoTime();
        log.debug(work + ": " + phase + ", " + millis(now - last) + " of " + millis(now - start));
        last = now;
    }

    private static String millis(long nanos) {
        long tenths = nanos / 100_000;
        return tenths / 10 + "." + tenths % 10 + " ms";
    }
}
