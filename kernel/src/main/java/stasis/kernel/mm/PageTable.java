package stasis.kernel.mm;

import stasis.arch.Pages;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.Arrays;

/**
 * What page of guest memory lies where: four levels of 512 entries, as the processor has them.
 *
 * <pre>
 * entry  bits 8..39  page of guest memory, 0: none
 *        bit  0      COW: copy before writing, somebody else may hold the page
 *        bit  1      MAPPED: the platform's address space has it in place
 *        bit  2      WRITABLE: and user code can write it there
 *        bit  3      SEALED: and it may be a place that the page has left since memory was sealed
 * </pre>
 *
 * Guarded by the lock of the memory map that owns it.
 */
@Saved("mm.PageTable")
final class PageTable {
    static final long COW = 1;
    static final long MAPPED = 2;
    static final long WRITABLE = 4;
    static final long SEALED = 8;

    /** All that says how the platform has it. */
    static final long IN_PLACE = MAPPED | WRITABLE | SEALED;

    private static final int PAGE_SHIFT = 8;
    private static final int FANOUT = 512;
    private static final long[] NO_LEAF = {};

    @NotSaved("remade from saved")
    private final long[][][][] top = new long[FANOUT][][][];

    /** (address, number of pages, first page, COW) quadruples of consecutive pages, ascending. */
    private long[] saved = {};

    PageTable() {}

    /** Receives the entries of a range that are not 0. */
    interface Visitor {
        void entry(long addr, long pte);
    }

    static long pte(int page, boolean cow) {
        return (long) page << PAGE_SHIFT | (cow ? COW : 0);
    }

    static int page(long pte) {
        return (int) (pte >>> PAGE_SHIFT);
    }

    long get(long addr) {
        long[] leaf = leaf(addr);
        return leaf.length == 0 ? 0 : leaf[(int) (addr >>> Pages.SHIFT) & (FANOUT - 1)];
    }

    private long[] leaf(long addr) {
        long[][][] third = top[(int) (addr >>> 39) & (FANOUT - 1)];
        if (third == null) return NO_LEAF;
        long[][] second = third[(int) (addr >>> 30) & (FANOUT - 1)];
        if (second == null) return NO_LEAF;
        long[] leaf = second[(int) (addr >>> 21) & (FANOUT - 1)];
        return leaf == null ? NO_LEAF : leaf;
    }

    void set(long addr, long pte) {
        long[] leaf = leaf(addr);
        if (leaf.length == 0) {
            if (pte == 0) return;
            leaf = makeLeaf(addr);
        }
        leaf[(int) (addr >>> Pages.SHIFT) & (FANOUT - 1)] = pte;
    }

    private long[] makeLeaf(long addr) {
        int i = (int) (addr >>> 39) & (FANOUT - 1);
        long[][][] third = top[i];
        if (third == null) top[i] = third = new long[FANOUT][][];
        int j = (int) (addr >>> 30) & (FANOUT - 1);
        long[][] second = third[j];
        if (second == null) third[j] = second = new long[FANOUT][];
        int k = (int) (addr >>> 21) & (FANOUT - 1);
        long[] leaf = new long[FANOUT];
        second[k] = leaf;
        return leaf;
    }

    /** Calls {@code visitor} for every entry of {@code [from, to)} that is not 0, ascending. */
    void visit(long from, long to, Visitor visitor) {
        long addr = from;
        while (addr < to) {
            long step = emptyStep(addr);
            if (step != 0) {
                addr = (addr & -step) + step;
                continue;
            }
            long[] leaf = leaf(addr);
            long end = Math.min(to, (addr & -(1L << 21)) + (1L << 21));
            for (; addr < end; addr += Pages.SIZE) {
                long pte = leaf[(int) (addr >>> Pages.SHIFT) & (FANOUT - 1)];
                if (pte != 0) visitor.entry(addr, pte);
            }
        }
    }

    /** Size of the absent table that covers {@code addr}, or 0 if there is a leaf. */
    private long emptyStep(long addr) {
        long[][][] third = top[(int) (addr >>> 39) & (FANOUT - 1)];
        if (third == null) return 1L << 39;
        long[][] second = third[(int) (addr >>> 30) & (FANOUT - 1)];
        if (second == null) return 1L << 30;
        return second[(int) (addr >>> 21) & (FANOUT - 1)] == null ? 1L << 21 : 0;
    }

    void clear() {
        Arrays.fill(top, null);
    }

    @BeforeSave
    private void freeze() {
        Runs runs = new Runs();
        visit(0, 1L << 47, runs::add);
        saved = Arrays.copyOf(runs.quads, runs.size);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        if (saved.length % 4 != 0) throw new IllegalArgumentException("page table");
        for (int i = 0; i < saved.length; i += 4) {
            long addr = saved[i];
            long n = saved[i + 1];
            long page = saved[i + 2];
            boolean good =
                    addr >= 0
                            && Pages.aligned(addr)
                            && n > 0
                            && n <= (1L << 35)
                            && addr + (n << Pages.SHIFT) <= 1L << 47
                            && page > 0
                            && page + n <= Integer.MAX_VALUE;
            if (!good) throw new IllegalArgumentException("page table entry at " + addr);
            for (long k = 0; k < n; k++) {
                set(addr + (k << Pages.SHIFT), pte((int) (page + k), saved[i + 3] != 0));
            }
        }
        saved = new long[0];
    }

    /** Collects entries into runs. */
    private static final class Runs {
        private long[] quads = new long[64];
        private int size;

        void add(long addr, long pte) {
            long page = page(pte);
            long cow = pte & COW;
            if (size > 0) {
                int i = size - 4;
                long n = quads[i + 1];
                if (quads[i] + (n << Pages.SHIFT) == addr
                        && quads[i + 2] + n == page
                        && quads[i + 3] == cow) {
                    quads[i + 1]++;
                    return;
                }
            }
            if (size == quads.length) quads = Arrays.copyOf(quads, size * 2);
            quads[size] = addr;
            quads[size + 1] = 1;
            quads[size + 2] = page;
            quads[size + 3] = cow;
            size += 4;
        }
    }
}
