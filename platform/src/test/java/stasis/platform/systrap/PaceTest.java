package stasis.platform.systrap;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace();

    /** Quick stops until it spreads. */
    private int quickStops() {
        int n = 0;
        while (!pace.isSpread()) {
            pace.stopped(Pace.QUICK_NANOS);
            n++;
        }
        return n;
    }

    private void missUntilTogether() {
        while (pace.isSpread()) {
            pace.missed();
        }
    }

    @Test
    void itBeginsTogether() {
        assertFalse(pace.isSpread());
    }

    @Test
    void slowStopBetweenQuickOnesBeginsAnew() {
        int n = quickStops();
        Pace other = new Pace();
        for (int i = 0; i < 10 * n; i++) {
            other.stopped(i % n == n - 1 ? Pace.QUICK_NANOS + 1 : 0);
        }
        assertFalse(other.isSpread());
    }

    @Test
    void fewMissesAmongHitsAreForgiven() {
        quickStops();
        for (int i = 0; i < 1000; i++) {
            if (i % 10 == 0) {
                pace.missed();
            } else {
                pace.hit();
            }
        }
        assertTrue(pace.isSpread());
    }

    @Test
    void everyRelapseTakesLongerToTryAgain() {
        int first = quickStops();
        missUntilTogether();
        int second = quickStops();
        missUntilTogether();
        int third = quickStops();
        assertTrue(first < second && second < third, first + " " + second + " " + third);
    }

    @Test
    void ownersThatSleepBetweenStopsStayTogether() {
        int n = quickStops();
        Pace other = new Pace();
        for (int i = 0; i < 10 * n; i++) {
            other.stopped(0);
            other.slept();
        }
        assertFalse(other.isSpread());
    }

    @Test
    void ownersThatBeginToSleepGetTogether() {
        quickStops();
        while (pace.isSpread()) {
            pace.hit();
            pace.slept();
        }
        assertFalse(pace.isSpread());
    }
}
