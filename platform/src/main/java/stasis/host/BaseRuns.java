package stasis.host;

import java.util.Arrays;

/**
 * Where stretches of memory lie in a base file, which has them at offsets of its own. Ascending;
 * complete before anybody else looks.
 */
final class BaseRuns {
    private long[] offsets = new long[16];
    private long[] ends = new long[16];
    private long[] places = new long[16];
    private int size;

    /** Precondition: behind all that are there. */
    void add(long offset, long length, long place) {
        if (size > 0 && offset < ends[size - 1]) throw new IllegalArgumentException("order");
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            places = Arrays.copyOf(places, size * 2);
        }
        offsets[size] = offset;
        ends[size] = offset + length;
        places[size++] = place;
    }

    /** In the base file. Precondition: {@code offset} lies in a run. */
    long place(long offset) {
        int run = run(offset);
        return places[run] + (offset - offsets[run]);
    }

    /** Where the run ends that {@code offset} lies in. */
    long end(long offset) {
        return ends[run(offset)];
    }

    private int run(long offset) {
        int found = Arrays.binarySearch(offsets, 0, size, offset);
        int run = found >= 0 ? found : -found - 2;
        if (run < 0 || offset >= ends[run]) throw new IllegalStateException("not in the base");
        return run;
    }
}
