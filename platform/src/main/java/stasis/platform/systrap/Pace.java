package stasis.platform.systrap;

/**
 * Whether a context and its stub thread spin for each other on two cores, or take turns on one. The
 * owner's.
 *
 * <p>A turn by spinning costs 2 us, on one core with two switches 8 us, and waking a sleeping core
 * 50 us. So two cores pay only while both sides answer within the time of a spin: many quick stops
 * in a row begin it, and a few misses end it, for longer each time.
 */
final class Pace {
    /** Looks of either side, of 40 ns or so. */
    private static final int SPIN = 500;

    /** After one side has slept: longer than it takes to wake up on another core. */
    private static final int LONG_SPIN = 3000;

    private static final int LONG_SPINS = 4;

    /** A stop on one core that is as quick as this would be caught by spinning. */
    static final long QUICK_NANOS = 25_000;

    private static final int QUICK_STOPS = 16;
    private static final int MISS = 6;
    private static final int CREDIT = 30;
    private static final int MAX_PENALTY = 4096;

    private boolean spread;

    /** Spread: what is left for misses. Together: quick stops in a row. */
    private int score;

    /** Quick stops that are ignored before the next try. */
    private int penalty;

    /** So many turns are waited for with patience. */
    private int patient;

    Pace() {}

    /** How often to look for the other's turn. */
    int looks() {
        return patient > 0 ? LONG_SPIN : SPIN;
    }

    /** Whether two cores are wanted. */
    boolean isSpread() {
        return spread;
    }

    /** A stop on one core after {@code nanos}. */
    void stopped(long nanos) {
        if (nanos > QUICK_NANOS) {
            score = Math.min(score, 0);
        } else if (++score >= QUICK_STOPS) {
            spread = true;
            score = CREDIT;
        }
    }

    /** Somebody's spin succeeded. */
    void hit() {
        if (patient > 0) patient--;
        if (score < CREDIT) score++;
        if (penalty > 0) penalty--;
    }

    /** Two cores were of no use: the owner has slept since the last stop. */
    void slept() {
        if (spread) missed();
        else score = Math.min(score, 0);
    }

    /** Somebody's spin ended before the other's turn did. */
    void missed() {
        patient = LONG_SPINS;
        score -= MISS;
        if (score > 0) return;
        spread = false;
        penalty = Math.min(MAX_PENALTY, penalty * 2 + QUICK_STOPS);
        score = -penalty;
    }
}
