package stasis.kernel.mem;

import org.jspecify.annotations.Nullable;

import stasis.arch.Pages;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.platform.MemoryFile;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All memory that guests can touch: the pages of one memory file, each with a count of who holds it
 * (page table entries, file caches). A page is a number: its offset divided by the page size.
 *
 * <p>Page 0 is never given out, so that 0 can mean "none".
 */
@Saved("mem.GuestMemory")
public final class GuestMemory {
    /** Freed runs of at least this many pages go back to the host at once. */
    private static final int PUNCH_PAGES = 512;

    private static final int CHUNK_SHIFT = 9;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    @NotSaved("the memory file of the platform that restores")
    private MemoryFile file;

    @NotSaved("its mapping")
    private MemorySegment mapping;

    @NotSaved("set by a restore whose pages are not all there yet")
    private volatile @Nullable PageLoader loader;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.GUEST_MEMORY);

    /**
     * Reference counts by chunk of 512 pages; empty where none is in use. Guarded by {@link #lock}.
     */
    @NotSaved("remade from savedCounts")
    private int[][] counts = new int[64][0];

    /** Free runs below {@link #next} by first page. Guarded by {@link #lock}. */
    @NotSaved("remade from savedCounts")
    private final TreeMap<Integer, FreeRun> free = new TreeMap<>();

    /** Every page from here on was never used. Guarded by {@link #lock}. */
    private int next = 1;

    /** Pages in use. Guarded by {@link #lock}. */
    @NotSaved("counted again")
    private int used;

    /** Counts as (first page, number of pages, count) triples, ascending. */
    private int[] savedCounts = {};

    private record FreeRun(int count, boolean zero) {}

    @SuppressWarnings("NullAway.Init")
    private GuestMemory() {}

    public GuestMemory(MemoryFile file) {
        this.file = file;
        this.mapping = file.mapping();
    }

    /** The whole memory file; pages lie at {@code page << Pages.SHIFT}. */
    public MemorySegment mapping() {
        return mapping;
    }

    public static long offset(int page) {
        return (long) page << Pages.SHIFT;
    }

    public static int pageOf(long offset) {
        return (int) (offset >>> Pages.SHIFT);
    }

    /** Pages in use now. */
    public int used() {
        try (var _ = lock.hold()) {
            return used;
        }
    }

    public long totalPages() {
        return file.size() >>> Pages.SHIFT;
    }

    /**
     * {@code pages} consecutive pages of zeroes, each with one reference.
     *
     * @return the first page, or 0 if there is no room
     */
    public int allocate(int pages) {
        int first;
        boolean zero;
        try (var _ = lock.hold()) {
            Map.Entry<Integer, FreeRun> fit = findFreeLocked(pages);
            if (fit != null) {
                first = fit.getKey();
                FreeRun run = fit.getValue();
                zero = run.zero;
                free.remove(first);
                if (run.count > pages) {
                    free.put(first + pages, new FreeRun(run.count - pages, run.zero));
                }
            } else {
                if ((long) next + pages > totalPages()) return 0;
                first = next;
                zero = true;
                next += pages;
            }
            for (int i = 0; i < pages; i++) setCountLocked(first + i, 1);
            used += pages;
        }
        if (!zero) mapping.asSlice(offset(first), offset(pages)).fill((byte) 0);
        return first;
    }

    private Map.@Nullable Entry<Integer, FreeRun> findFreeLocked(int pages) {
        int tries = 64;
        for (Map.Entry<Integer, FreeRun> e : free.entrySet()) {
            if (e.getValue().count >= pages) return e;
            if (--tries == 0) return null;
        }
        return null;
    }

    /** One more reference to {@code page}, which somebody holds. */
    public void acquire(int page) {
        acquire(page, 1);
    }

    /** One more reference to each page of the run. */
    public void acquire(int first, int pages) {
        try (var _ = lock.hold()) {
            for (int p = first; p < first + pages; p++) setCountLocked(p, countLocked(p) + 1);
        }
    }

    /** One more reference to each of {@code pages} that is not 0. */
    public void acquireAll(int[] pages) {
        try (var _ = lock.hold()) {
            for (int p : pages) {
                if (p != 0) setCountLocked(p, countLocked(p) + 1);
            }
        }
    }

    /** How many hold {@code page}. */
    public int count(int page) {
        try (var _ = lock.hold()) {
            return countLocked(page);
        }
    }

    /** Gives back one reference to each page of the run. */
    public void release(int first, int pages) {
        try (var _ = lock.hold()) {
            int from = -1;
            for (int p = first; p < first + pages; p++) {
                int n = countLocked(p) - 1;
                if (n < 0) throw new IllegalStateException("page " + p + " released too often");
                setCountLocked(p, n);
                if (n == 0 && from < 0) from = p;
                if (n > 0 && from >= 0) {
                    freeLocked(from, p - from);
                    from = -1;
                }
            }
            if (from >= 0) freeLocked(from, first + pages - from);
        }
    }

    private void freeLocked(int first, int pages) {
        used -= pages;
        PageLoader l = loader;
        if (l != null) l.forget(offset(first), offset(pages));
        boolean zero = pages >= PUNCH_PAGES;
        if (zero) file.punch(offset(first), offset(pages));
        Map.Entry<Integer, FreeRun> before = free.lowerEntry(first);
        if (before != null
                && before.getKey() + before.getValue().count == first
                && before.getValue().zero == zero) {
            first = before.getKey();
            pages += before.getValue().count;
        }
        FreeRun after = free.get(first + pages);
        if (after != null && after.zero == zero) {
            free.remove(first + pages);
            pages += after.count;
        }
        free.put(first, new FreeRun(pages, zero));
    }

    private int countLocked(int page) {
        int chunk = page >> CHUNK_SHIFT;
        if (chunk >= counts.length || counts[chunk].length == 0) return 0;
        return counts[chunk][page & (CHUNK - 1)];
    }

    private void setCountLocked(int page, int count) {
        int chunk = page >> CHUNK_SHIFT;
        if (chunk >= counts.length) {
            int[][] larger = new int[Math.max(chunk + 1, counts.length * 2)][0];
            System.arraycopy(counts, 0, larger, 0, counts.length);
            counts = larger;
        }
        if (counts[chunk].length == 0) counts[chunk] = new int[CHUNK];
        counts[chunk][page & (CHUNK - 1)] = count;
    }

    /** Makes sure that the content of the pages is there; see {@link PageLoader}. */
    public void ensureLoaded(int first, int pages) {
        PageLoader l = loader;
        if (l != null) l.load(offset(first), offset(pages));
    }

    /** Whether {@link #ensureLoaded} would return at once. */
    public boolean isLoaded(int first, int pages) {
        PageLoader l = loader;
        return l == null || l.isThere(offset(first), offset(pages));
    }

    /** Before the content is saved: nothing may be missing. */
    public void loadEverything() {
        PageLoader l = loader;
        if (l != null) l.loadRest();
    }

    /** Null once every page is there. */
    public void setLoader(@Nullable PageLoader loader) {
        this.loader = loader;
    }

    /** What is in use, in ascending order, for whoever saves the content. */
    public List<Run> runsInUse() {
        List<Run> runs = new ArrayList<>();
        try (var _ = lock.hold()) {
            int from = -1;
            for (int p = 1; p <= next; p++) {
                boolean inUse = p < next && countLocked(p) > 0;
                if (inUse && from < 0) from = p;
                if (!inUse && from >= 0) {
                    runs.add(new Run(from, p - from));
                    from = -1;
                }
            }
        }
        return runs;
    }

    @BeforeSave
    private void freeze() {
        List<int[]> triples = new ArrayList<>();
        for (int p = 1; p < next; p++) {
            int n = countLocked(p);
            if (n == 0) continue;
            int[] last = triples.isEmpty() ? null : triples.getLast();
            if (last != null && last[0] + last[1] == p && last[2] == n) last[1]++;
            else triples.add(new int[] {p, 1, n});
        }
        savedCounts = triples.stream().flatMapToInt(java.util.Arrays::stream).toArray();
    }

    /** The memory file may be one that was in use before: what nobody holds must read as zero. */
    private void freeAtRestore(int first, int pages) {
        file.punch(offset(first), offset(pages));
        free.put(first, new FreeRun(pages, true));
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        file = restoration.resource(MemoryFile.class);
        mapping = file.mapping();
        if (next < 1 || next > totalPages() || savedCounts.length % 3 != 0) {
            throw new IllegalArgumentException("guest memory counts");
        }
        int at = 1;
        for (int i = 0; i < savedCounts.length; i += 3) {
            int first = savedCounts[i];
            int pages = savedCounts[i + 1];
            int n = savedCounts[i + 2];
            if (first < at || pages <= 0 || n <= 0 || (long) first + pages > next) {
                throw new IllegalArgumentException("guest memory counts");
            }
            if (first > at) freeAtRestore(at, first - at);
            for (int p = first; p < first + pages; p++) setCountLocked(p, n);
            used += pages;
            at = first + pages;
        }
        file.punch(offset(next), file.size() - offset(next));
        if (at < next) freeAtRestore(at, next - at);
        savedCounts = new int[0];
    }
}
