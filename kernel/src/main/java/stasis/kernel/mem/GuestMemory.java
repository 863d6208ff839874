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
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;

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

    /** While memory is sealed, bytes that may be copied at full speed whatever is in use. */
    private static final long LEAST_COPIES = 256L << 20;

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

    @NotSaved("a save ends before a restore begins")
    private volatile @Nullable SealedPages open;

    /** Memory maps that live. Guarded by {@link #lock}. */
    @NotSaved("they say so themselves")
    private final Set<PageHolder> holders = Collections.newSetFromMap(new IdentityHashMap<>());

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
        zero(first, pages, zero);
        return first;
    }

    /** Somebody may still read sealed pages as they were; what is new begins elsewhere, as zero. */
    private void zero(int first, int pages, boolean isZero) {
        int end = first + pages;
        for (int from = first; from < end; ) {
            boolean moves = isSealed(from);
            int to = from + 1;
            while (to < end && isSealed(to) == moves) to++;
            if (moves) file.punch(offset(from), offset(to - from));
            else if (!isZero) mapping.asSlice(offset(from), offset(to - from)).fill((byte) 0);
            from = to;
        }
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

    // ---- a base

    /** Whether there is one that many sandboxes share. */
    public boolean hasBase() {
        return file.hasBase();
    }

    /** As {@link MemoryFile#layOver}. */
    public void layOver(long offset, long length, long place) {
        file.layOver(offset, length, place);
    }

    // ---- sealing

    public void addHolder(PageHolder holder) {
        try (var _ = lock.hold()) {
            holders.add(holder);
        }
    }

    public void removeHolder(PageHolder holder) {
        try (var _ = lock.hold()) {
            holders.remove(holder);
        }
    }

    /**
     * While the guest runs, so that {@link #seal} finds little to do: what is written afterwards
     * costs a fault, and is taken again then.
     */
    public void prepareSeal() {
        for (PageHolder h : holders()) h.prepare();
    }

    /**
     * What is in use stays as it is for whoever reads the result, while the guest goes on. Its size
     * hardly matters: what user code may write is taken back by a few changes for each memory map.
     *
     * <p>Precondition: no page is missing, the guest stands still, and no seal is open.
     */
    public SealedPages seal() {
        return seal(Math.max(LEAST_COPIES, GuestMemory.offset(used()) / 2));
    }

    /**
     * @param bound bytes that may be copied before whoever writes is slowed
     */
    public SealedPages seal(long bound) {
        List<Run> used = runsInUse();
        int end = used.isEmpty() ? 0 : used.getLast().first() + used.getLast().count();
        if (!isLoaded(0, end)) throw new IllegalStateException("pages are missing");
        SealedPages seal = new SealedPages(this, file.seal(offset(end)), used, bound);
        open = seal;
        for (PageHolder h : holders()) h.sealed();
        return seal;
    }

    private List<PageHolder> holders() {
        try (var _ = lock.hold()) {
            return new ArrayList<>(holders);
        }
    }

    /** Maps that begin meanwhile as copies of others that were not told yet are told as well. */
    void tellUnsealed(IntPredicate moved) {
        Set<PageHolder> told = Collections.newSetFromMap(new IdentityHashMap<>());
        for (boolean more = true; more; ) {
            more = false;
            for (PageHolder h : holders()) {
                if (!told.add(h)) continue;
                h.unsealed(moved);
                more = true;
            }
        }
        open = null;
    }

    /** Before user code writes what it may not yet: not too fast. No lock is held. */
    public void slowDown() {
        SealedPages seal = open;
        if (seal != null) seal.slowDown();
    }

    /** Whether somebody reads pages as they were. */
    public boolean isSealing() {
        return file.hasSeal();
    }

    /** Whether {@link #makeWritable} is needed before somebody writes. */
    public boolean isSealed(int page) {
        return file.isSealed(offset(page));
    }

    /**
     * Before the sentry writes, or user code may. Mappings of these pages, and of some neighbours,
     * may then show what was there: whoever has one replaces it before something else is there.
     */
    public void makeWritable(int first, int pages) {
        file.makeWritable(offset(first), offset(pages));
    }

    // ---- saving

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
