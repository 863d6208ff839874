package stasis.platform.systrap;

/**
 * How often each address was left by a call that cost a signal. Approximate, and without a lock:
 * threads may lose each other's counts, and addresses each other's places.
 */
final class SiteCounts {
    /** Calls by signal, after which a site is worth 20 us and a page. */
    static final int HOT = 50;

    private static final int SIZE = 256;

    private final long[] sites = new long[SIZE];
    private final int[] counts = new int[SIZE];

    SiteCounts() {}

    /** Counts; true for one call in so many. */
    boolean isHot(long rip) {
        int at = (int) (rip ^ rip >>> 8 ^ rip >>> 16) & SIZE - 1;
        if (sites[at] != rip) {
            if (--counts[at] > 0) return false; // whoever comes more often stays
            sites[at] = rip;
            counts[at] = 0;
        }
        if (++counts[at] < HOT) return false;
        counts[at] = 0;
        return true;
    }
}
