package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_WRITE;

import stasis.arch.Pages;
import stasis.kernel.mem.Mappable;

import java.util.Map;
import java.util.function.IntPredicate;

/**
 * What sealed memory means to a memory map. Private pages stay in place, read-only, until somebody
 * writes; pages that are written in place (shared mappings, the vDSO's parameters) are taken out,
 * and never brought in from where they were. So what one process writes is seen by all who map it
 * shared. A private mapping of a file sees what write(2) changes; what others write through a
 * shared mapping while memory is sealed it may see late, which mmap(2) leaves open.
 */
final class Sealing {
    /** Pages that one fault moves, and in a sweep at most. */
    private static final int MOVED = 4;

    private static final int MAX_MOVED = 128;

    private static final long WINDOW = 2L << 20;

    /** Around what the sentry writes. */
    private static final long NEAR = 64 << 10;

    /** What is unsealed in one go. */
    private static final long STEP = 64L << 20;

    private Sealing() {}

    static boolean isWrittenInPlace(Vma vma) {
        Mappable m = vma.mappable;
        return m != null && (vma.shared || m.isWrittenInPlace());
    }

    // ---- the guest runs

    /**
     * Takes the right to write from private pages. For 2 GB that takes the host 28 ms, for which
     * the guest need not stand still; step by step, as no page can be touched meanwhile.
     */
    static void prepare(MemoryMap mm) {
        for (long at = 0; at < mm.limit; ) {
            try (var _ = mm.lock.hold()) {
                at = prepareStepLocked(mm, at);
            }
        }
    }

    private static long prepareStepLocked(MemoryMap mm, long from) {
        Vma vma = mm.findLocked(from);
        if (vma == null) return nextLocked(mm, from);
        long to = Math.min(vma.end, from + STEP);
        if (isWrittenInPlace(vma)) return to;
        Writable writable = new Writable(mm, vma);
        mm.table.visit(from, to, writable::add);
        writable.flush();
        mm.space.commit();
        return to;
    }

    private static long nextLocked(MemoryMap mm, long from) {
        Map.Entry<Long, Vma> next = mm.vmas.ceilingEntry(from);
        return next == null ? mm.limit : next.getKey();
    }

    // ---- the guest stands still

    static void sealLocked(MemoryMap mm, Vma vma) {
        if (isWrittenInPlace(vma)) takeOutLocked(mm, vma);
        else protectLocked(mm, vma);
    }

    /** Not committed: no user code runs before it is. The pages stay with what is mapped. */
    private static void takeOutLocked(MemoryMap mm, Vma vma) {
        MemoryMap.DroppedPages dropped = mm.new DroppedPages();
        mm.table.visit(vma.start, vma.end, dropped::add);
        if (dropped.mapped) mm.space.unmap(vma.start, vma.end - vma.start);
        dropped.release();
    }

    private static void protectLocked(MemoryMap mm, Vma vma) {
        Writable writable = new Writable(mm, vma);
        mm.table.visit(vma.start, vma.end, writable::add);
        writable.flush();
    }

    /** Takes the right to write from neighbours in one go. */
    private static final class Writable {
        private final MemoryMap mm;
        private final Vma vma;
        private long start;
        private long end;

        Writable(MemoryMap mm, Vma vma) {
            this.mm = mm;
            this.vma = vma;
        }

        void add(long addr, long pte) {
            if ((pte & PageTable.MAPPED) == 0) return;
            mm.table.set(addr, pte & ~PageTable.WRITABLE | PageTable.SEALED);
            if ((pte & PageTable.WRITABLE) == 0) return;
            if (addr != end) {
                flush();
                start = addr;
            }
            end = addr + Pages.SIZE;
        }

        void flush() {
            if (end > start) {
                mm.space.protect(start, end - start, MemoryMap.access(vma, PageTable.SEALED));
            }
        }
    }

    // ---- user code or the sentry is going to write

    /**
     * A write to a private page that nobody else has: moves it if it is sealed, with those that
     * follow if this is a sweep, and maps what has moved.
     *
     * @return false if the page need not be moved, and is not kept from being written
     */
    static boolean moveAroundLocked(MemoryMap mm, Vma vma, long addr) {
        int first = PageTable.page(mm.table.get(addr));
        if (!mm.memory.isSealed(first)) return reopenLocked(mm, vma, addr);
        vma.ahead = addr == vma.sweep ? Math.min(vma.ahead * 2, MAX_MOVED) : MOVED;
        int pages = 1;
        long end = addr + Pages.SIZE;
        while (pages < vma.ahead && end < vma.end && isNext(mm, end, first + pages)) {
            pages++;
            end += Pages.SIZE;
        }
        mm.memory.makeWritable(first, pages);
        while (end < vma.end && isNext(mm, end, first + pages) && !isSealed(mm, end)) {
            pages++;
            end += Pages.SIZE;
        }
        vma.sweep = end;
        long from = Math.max(vma.start, addr & -WINDOW);
        mm.mapPresentLocked(vma, from, Math.min(vma.end, Math.max(end, (addr & -WINDOW) + WINDOW)));
        return true;
    }

    /** A page that was only prepared, or not moved: it may be written, with those around it. */
    private static boolean reopenLocked(MemoryMap mm, Vma vma, long addr) {
        if ((mm.table.get(addr) & PageTable.SEALED) == 0) return false;
        long from = Math.max(vma.start, addr & -WINDOW);
        mm.mapPresentLocked(vma, from, Math.min(vma.end, (addr & -WINDOW) + WINDOW));
        return true;
    }

    private static boolean isNext(MemoryMap mm, long addr, int page) {
        long pte = mm.table.get(addr);
        return PageTable.page(pte) == page && (pte & PageTable.COW) == 0;
    }

    private static boolean isSealed(MemoryMap mm, long addr) {
        return mm.memory.isSealed(PageTable.page(mm.table.get(addr)));
    }

    /** Other threads of the process must see what is written, without making a call. */
    static void writeLocked(MemoryMap mm, Vma vma, long addr, long pte) {
        if (mm.memory.isSealed(PageTable.page(pte))) {
            mm.memory.makeWritable(PageTable.page(pte), 1);
        }
        if ((pte & PageTable.SEALED) == 0) return;
        long from = Math.max(vma.start, addr & -NEAR);
        mm.mapPresentLocked(vma, from, Math.min(vma.end, (addr & -NEAR) + NEAR));
        mm.space.commit();
    }

    /** Private pages of a file that was written are asked for again. */
    static void refreshLocked(MemoryMap mm, long from, long to) {
        for (Vma v : mm.overlappingLocked(from, to)) {
            if (v.mappable == null || v.shared) continue;
            long end = Math.min(to, v.end);
            for (long at = Math.max(from, v.start); at < end; at += Pages.SIZE) {
                long both = PageTable.COW | PageTable.SEALED;
                if ((mm.table.get(at) & both) == both) mm.dropPagesLocked(at, at + Pages.SIZE);
            }
        }
    }

    // ---- the seal has ended

    /**
     * Afterwards nothing is in place where it was before it was moved. Step by step: the process
     * runs, and what changes meanwhile begins unsealed.
     */
    static void unseal(MemoryMap mm, IntPredicate moved) {
        for (long at = 0; at < mm.limit; ) {
            try (var _ = mm.lock.hold()) {
                at = unsealStepLocked(mm, at, moved);
            }
        }
    }

    /** Where the next step begins. */
    private static long unsealStepLocked(MemoryMap mm, long from, IntPredicate moved) {
        Vma vma = mm.findLocked(from);
        if (vma == null) return nextLocked(mm, from);
        long to = Math.min(vma.end, from + STEP);
        Unsealed unsealed = new Unsealed(mm, vma, moved);
        mm.table.visit(from, to, unsealed::add);
        unsealed.flush();
        if (unsealed.lastMoved > 0) {
            mm.mapPresentLocked(vma, unsealed.firstMoved, unsealed.lastMoved, 0, 0);
        }
        mm.space.commit();
        return to;
    }

    private static final class Unsealed {
        private final MemoryMap mm;
        private final Vma vma;
        private final IntPredicate moved;
        private long start;
        private long end;
        private long firstMoved = Long.MAX_VALUE;
        private long lastMoved;

        Unsealed(MemoryMap mm, Vma vma, IntPredicate moved) {
            this.mm = mm;
            this.vma = vma;
            this.moved = moved;
        }

        void add(long addr, long pte) {
            if ((pte & PageTable.SEALED) == 0) return;
            int page = PageTable.page(pte);
            if (mm.memory.isSealed(page)) return; // of a base
            // Over a base, it may have left that before memory was sealed.
            if (moved.test(page) || mm.memory.hasBase()) {
                mm.table.set(addr, pte & ~PageTable.IN_PLACE);
                firstMoved = Math.min(firstMoved, addr);
                lastMoved = addr + Pages.SIZE;
                return;
            }
            boolean writable = (MemoryMap.access(vma, pte & PageTable.COW) & PROT_WRITE) != 0;
            long now = pte & ~PageTable.SEALED;
            mm.table.set(addr, writable ? now | PageTable.WRITABLE : now);
            if (!writable) return;
            if (addr != end) {
                flush();
                start = addr;
            }
            end = addr + Pages.SIZE;
        }

        void flush() {
            if (end > start) mm.space.protect(start, end - start, MemoryMap.access(vma, 0));
        }
    }
}
