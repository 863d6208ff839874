package stasis.kernel.mem;

import org.jspecify.annotations.Nullable;

import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Pages of guest memory by their index in a file; sparse. Guarded by the lock of the {@link
 * FilePages} it belongs to.
 */
@Saved("mem.PageTable")
final class PageTable {
    /** A page known to be zero, without memory. Only where absent does not mean zero. */
    static final int ZERO = -1;

    /** Small, since most files are. */
    private static final int SHIFT = 6;

    private static final int CHUNK = 1 << SHIFT;

    /** By index divided by {@link #CHUNK}; 0 where nothing is. */
    private TreeMap<Long, int[]> chunks = new TreeMap<>();

    /** Pages that have memory. */
    private long count;

    /** The chunk that was last used, and its number; -1: none. */
    @NotSaved("found again")
    private long recentNumber = -1;

    @NotSaved("found again")
    private int[] recent = {};

    PageTable() {}

    /** 0 if absent. */
    int get(long index) {
        int[] chunk = chunk(index >> SHIFT);
        return chunk == null ? 0 : chunk[(int) index & (CHUNK - 1)];
    }

    private int @Nullable [] chunk(long number) {
        if (number == recentNumber) return recent;
        int[] chunk = chunks.get(number);
        if (chunk != null) {
            recent = chunk;
            recentNumber = number;
        }
        return chunk;
    }

    void put(long index, int page) {
        int[] chunk = chunks.computeIfAbsent(index >> SHIFT, _ -> new int[CHUNK]);
        int at = (int) index & (CHUNK - 1);
        if (chunk[at] > 0) count--;
        if (page > 0) count++;
        chunk[at] = page;
    }

    long count() {
        return count;
    }

    /** Takes out every page of {@code [from, to)}; the caller releases those that have memory. */
    List<Integer> take(long from, long to) {
        List<Integer> taken = new ArrayList<>();
        long lastChunk = to == Long.MAX_VALUE ? Long.MAX_VALUE : (to - 1) >> SHIFT;
        if (from >= to) return taken;
        recentNumber = -1;
        var touched = chunks.subMap(from >> SHIFT, true, lastChunk, true).entrySet().iterator();
        while (touched.hasNext()) {
            Map.Entry<Long, int[]> e = touched.next();
            if (takeFromChunk(e.getKey() << SHIFT, e.getValue(), from, to, taken)) {
                touched.remove();
            }
        }
        count -= taken.size();
        return taken;
    }

    /** True if nothing is left in the chunk. */
    private static boolean takeFromChunk(
            long first, int[] chunk, long from, long to, List<Integer> taken) {
        boolean empty = true;
        for (int i = 0; i < CHUNK; i++) {
            long index = first + i;
            if (index >= from && index < to) {
                if (chunk[i] > 0) taken.add(chunk[i]);
                chunk[i] = 0;
            } else if (chunk[i] != 0) {
                empty = false;
            }
        }
        return empty;
    }

    /** First index from {@code from} on that has memory, or null. */
    @Nullable Long next(long from) {
        for (Map.Entry<Long, int[]> e : chunks.tailMap(from >> SHIFT, true).entrySet()) {
            long first = e.getKey() << SHIFT;
            int[] chunk = e.getValue();
            for (int i = (int) Math.max(0, from - first); i < CHUNK; i++) {
                if (chunk[i] > 0) return first + i;
            }
        }
        return null;
    }
}
