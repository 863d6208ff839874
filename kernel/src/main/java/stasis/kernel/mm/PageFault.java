package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_EXEC;
import static stasis.abi.Mman.PROT_WRITE;
import static stasis.abi.Resource.RLIMIT_STACK;
import static stasis.abi.Signal.BUS_ADRERR;
import static stasis.abi.Signal.SEGV_ACCERR;
import static stasis.abi.Signal.SEGV_MAPERR;
import static stasis.abi.Signal.SIGBUS;
import static stasis.abi.Signal.SIGKILL;
import static stasis.abi.Signal.SIGSEGV;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * User code touched a page that is not in place, or not for what it did. The platform does not say
 * whether it read, wrote or fetched, so a page comes with all the rights that its vma has, and "no
 * access" on a page means a write if a write could be meant.
 *
 * <p>A fault costs 10 to 30 µs under ptrace, a page within it 2, so faults bring in neighbours:
 * {@link #MIN_AHEAD} pages at first, twice as many each time a sweep goes on.
 */
public final class PageFault {
    static final int MIN_AHEAD = 16;
    private static final int MAX_AHEAD = 512;

    /** How far pages that are present already are put in place around a fault. */
    private static final long PRESENT_WINDOW = 2L << 20;

    /** Around a fault, pages of a file that are in memory anyway. */
    private static final long AT_HAND_WINDOW = 1L << 20;

    /**
     * Data of a program or library: most of what is touched there is written, at the latest by the
     * dynamic linker.
     */
    private static final long DATA_BYTES = 2 << 20;

    /** What comes from an image together with the page that is needed: about a block of it. */
    private static final long NEED_WINDOW = 64 << 10;

    /** Pages that one write copies, if they are all to be copied before writing. */
    private static final int COPY_AROUND = 8;

    /** Twice as many after so many such writes to the data of one file, this often. */
    private static final int COPIES = 2;

    private static final int MAX_DOUBLINGS = 4;

    /** Longest x86-64 instruction, rounded up. */
    private static final long MAX_INSTRUCTION = 16;

    /** Linux's gap between a growing stack and what lies below: stack_guard_gap. */
    private static final long STACK_GUARD = 256 * Pages.SIZE;

    private PageFault() {}

    /**
     * What the fault means to the guest.
     *
     * @param signal 0: go on, the page is there now
     */
    public record Outcome(int signal, int code) {
        static final Outcome RESOLVED = new Outcome(0, 0);
        static final Outcome UNMAPPED = new Outcome(SIGSEGV, SEGV_MAPERR);
        static final Outcome FORBIDDEN = new Outcome(SIGSEGV, SEGV_ACCERR);
        static final Outcome NO_FILE = new Outcome(SIGBUS, BUS_ADRERR);
        static final Outcome NO_MEMORY = new Outcome(SIGKILL, 0);
    }

    /**
     * @param present the platform has something at {@code addr}, but not the right for the access
     * @param rip where user code was, to tell a fetch from a read
     */
    public static Outcome resolve(
            MemoryMap mm, ResourceLimits limits, long addr, boolean present, long rip) {
        if (addr < 0 || addr >= mm.limit) return Outcome.UNMAPPED;
        if (present) mm.memory.slowDown();
        try (var _ = mm.lock.hold()) {
            Vma vma = findOrGrowLocked(mm, limits, addr);
            if (vma == null) return Outcome.UNMAPPED;
            if (vma.prot == 0) return Outcome.FORBIDDEN;
            boolean fetch = addr - rip >= 0 && addr - rip < MAX_INSTRUCTION;
            boolean canFetch = (vma.prot & PROT_EXEC) != 0;
            if (present) {
                if (fetch && !canFetch && !mayWriteLocked(mm, vma, addr, rip)) {
                    return Outcome.FORBIDDEN;
                }
                if ((vma.prot & PROT_WRITE) == 0 && mappedAsWanted(mm, vma, addr)) {
                    return Outcome.FORBIDDEN;
                }
            }
            long page = Pages.down(addr);
            if (present && (vma.prot & PROT_WRITE) != 0) copyAroundLocked(mm, vma, page);
            else bringInLocked(mm, vma, page);
            return Outcome.RESOLVED;
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case ENOMEM -> Outcome.NO_MEMORY;
                default -> Outcome.NO_FILE;
            };
        }
    }

    /**
     * A fetch from a page without execute right also says "present". It can only be a write after
     * all if the page is not writable in the platform yet and the instruction does not lie in it.
     */
    private static boolean mayWriteLocked(MemoryMap mm, Vma vma, long addr, long rip) {
        if (addr == rip || (vma.prot & PROT_WRITE) == 0) return false;
        return (mm.table.get(addr) & PageTable.WRITABLE) == 0;
    }

    /** The platform already has all that the vma allows: the access is one it does not allow. */
    private static boolean mappedAsWanted(MemoryMap mm, Vma vma, long addr) {
        return (mm.table.get(addr) & PageTable.MAPPED) != 0;
    }

    private static @Nullable Vma findOrGrowLocked(MemoryMap mm, ResourceLimits limits, long addr) {
        Vma vma = mm.findLocked(addr);
        if (vma != null) return vma;
        Map.Entry<Long, Vma> above = mm.vmas.higherEntry(addr);
        if (above == null || !above.getValue().growsDown) return null;
        Vma stack = above.getValue();
        long start = Pages.down(addr);
        if (Long.compareUnsigned(stack.end - start, limits.soft(RLIMIT_STACK)) > 0) return null;
        Map.Entry<Long, Vma> below = mm.vmas.lowerEntry(stack.start);
        if (below != null && below.getValue().end + STACK_GUARD > start) return null;
        mm.vmas.remove(stack.start);
        mm.totalBytes += stack.start - start;
        stack.start = start;
        mm.vmas.put(start, stack);
        return stack;
    }

    // ---- bringing pages in

    /** Makes the page at {@code addr} present and has the platform map it, with neighbours. */
    private static void bringInLocked(MemoryMap mm, Vma vma, long addr) throws ErrnoException {
        long pte = mm.table.get(addr);
        if (pte != 0) {
            long from = Math.max(vma.start, addr & -PRESENT_WINDOW);
            long to = Math.min(vma.end, (addr & -PRESENT_WINDOW) + PRESENT_WINDOW);
            if ((pte & PageTable.MAPPED) != 0) {
                // Another thread was first, or the platform lost it: say it again for this page.
                mm.table.set(addr, pte & ~(PageTable.MAPPED | PageTable.WRITABLE));
                from = addr;
                to = addr + Pages.SIZE;
            }
            mapAroundLocked(mm, vma, addr, from, to);
            return;
        }
        if (goesOn(vma, addr)) vma.ahead = Math.min(vma.ahead * 2, MAX_AHEAD);
        else vma.ahead = MIN_AHEAD;
        long window = (long) vma.ahead << Pages.SHIFT;
        long from = Math.max(vma.start, addr & -window);
        long to = Math.min(vma.end, (addr & -window) + window);
        while (from < addr && mm.table.get(from) != 0) from += Pages.SIZE;
        fillLocked(mm, vma, addr, from, to);
        vma.sweep = to;
        if (isData(vma)) {
            copyAroundLocked(mm, vma, addr);
        } else if (vma.mappable != null && !vma.writableShared()) {
            fillAtHandLocked(mm, vma, vma.mappable, addr);
        } else {
            mapAroundLocked(mm, vma, addr, from, to);
        }
    }

    /** A sweep need not touch every page: heaps are written in larger steps. */
    private static boolean goesOn(Vma vma, long addr) {
        return addr >= vma.sweep && addr - vma.sweep < (long) vma.ahead << Pages.SHIFT;
    }

    private static boolean isData(Vma vma) {
        return vma.mappable != null
                && !vma.shared
                && (vma.prot & PROT_WRITE) != 0
                && vma.end - vma.start <= DATA_BYTES;
    }

    /** Maps all that takes neither reading nor allocation: a file's pages that others use. */
    private static void fillAtHandLocked(MemoryMap mm, Vma vma, Mappable file, long addr) {
        long window = addr & -AT_HAND_WINDOW;
        long from = Math.max(vma.start, window);
        long to = Math.min(vma.end, window + AT_HAND_WINDOW);
        boolean inPlace = Sealing.isWrittenInPlace(vma);
        int[] found = new int[(int) ((to - from) >>> Pages.SHIFT)];
        file.pagesAtHand(vma.offset + (from - vma.start), found);
        for (int i = 0; i < found.length; i++) {
            if (found[i] == 0) continue;
            long at = from + ((long) i << Pages.SHIFT);
            boolean never = inPlace && mm.memory.isSealed(found[i]);
            if (never || mm.table.get(at) != 0) mm.memory.release(found[i], 1);
            else mm.table.set(at, PageTable.pte(found[i], !vma.shared));
        }
        mapAroundLocked(mm, vma, addr, from, to);
    }

    /** Neighbours that are still in an image come only if they are near. */
    private static void mapAroundLocked(MemoryMap mm, Vma vma, long addr, long from, long to) {
        long near = addr & -NEED_WINDOW;
        mm.mapPresentLocked(vma, from, to, near, near + NEED_WINDOW);
    }

    /** Makes {@code addr} present for certain, and what else is absent in {@code [from, to)}. */
    private static void fillLocked(MemoryMap mm, Vma vma, long addr, long from, long to)
            throws ErrnoException {
        if (vma.mappable == null) fillAnonymousLocked(mm, addr, from, to);
        else fillFromFileLocked(mm, vma, vma.mappable, addr, from, to);
    }

    private static void fillAnonymousLocked(MemoryMap mm, long addr, long from, long to)
            throws ErrnoException {
        long lo = addr;
        while (lo > from && mm.table.get(lo - Pages.SIZE) == 0) lo -= Pages.SIZE;
        long hi = addr + Pages.SIZE;
        while (hi < to && mm.table.get(hi) == 0) hi += Pages.SIZE;
        int pages = (int) ((hi - lo) >>> Pages.SHIFT);
        int first = mm.memory.allocate(pages);
        if (first == 0) {
            lo = addr;
            pages = 1;
            first = mm.memory.allocate(1);
            if (first == 0) throw stasis.abi.Errno.ENOMEM.exception();
        }
        for (int i = 0; i < pages; i++) {
            mm.table.set(lo + ((long) i << Pages.SHIFT), PageTable.pte(first + i, false));
        }
    }

    private static void fillFromFileLocked(
            MemoryMap mm, Vma vma, Mappable file, long addr, long from, long to)
            throws ErrnoException {
        boolean write = vma.writableShared();
        if (mm.table.get(addr) == 0) fillPageLocked(mm, vma, file, addr, write);
        if (write) return;
        for (long a = addr + Pages.SIZE; a < to && mm.table.get(a) == 0; a += Pages.SIZE) {
            if (!tryFillPageLocked(mm, vma, file, a)) break;
        }
        for (long a = addr - Pages.SIZE; a >= from && mm.table.get(a) == 0; a -= Pages.SIZE) {
            if (!tryFillPageLocked(mm, vma, file, a)) break;
        }
    }

    private static void fillPageLocked(
            MemoryMap mm, Vma vma, Mappable file, long addr, boolean write) throws ErrnoException {
        int page = GuestMemory.pageOf(file.page(vma.offset + (addr - vma.start), write));
        if (Sealing.isWrittenInPlace(vma)) mm.memory.makeWritable(page, 1);
        mm.table.set(addr, PageTable.pte(page, !vma.shared));
    }

    private static boolean tryFillPageLocked(MemoryMap mm, Vma vma, Mappable file, long addr) {
        try {
            fillPageLocked(mm, vma, file, addr, false);
            return true;
        } catch (ErrnoException e) {
            return false; // beyond the end of the file: a fault there says so
        }
    }

    // ---- writing

    /** Makes the page at {@code addr} and some neighbours this process's own, and maps them. */
    private static void copyAroundLocked(MemoryMap mm, Vma vma, long addr) throws ErrnoException {
        long pte = mm.table.get(addr);
        if (pte == 0 || (pte & PageTable.COW) == 0) {
            if (pte != 0 && Sealing.moveAroundLocked(mm, vma, addr)) return;
            bringInLocked(mm, vma, addr);
            return;
        }
        long window = copyWindow(vma);
        long from = addr;
        long lowest = Math.max(vma.start, addr & -window);
        long highest = Math.min(vma.end, (addr & -window) + window);
        while (from > lowest && needsCopy(mm, from - Pages.SIZE)) from -= Pages.SIZE;
        long to = addr + Pages.SIZE;
        while (to < highest && needsCopy(mm, to)) to += Pages.SIZE;
        try {
            copyLocked(mm, addr, from, to);
        } finally {
            mm.mapPresentLocked(vma, from, to);
            mm.replaced.release();
        }
    }

    /** An interpreter writes to most of its data while it starts, page by page in no order. */
    private static long copyWindow(Vma vma) {
        int doublings = 0;
        if (vma.mappable != null) doublings = Math.min(MAX_DOUBLINGS, vma.copies++ / COPIES);
        return (long) COPY_AROUND << Pages.SHIFT << doublings;
    }

    private static boolean needsCopy(MemoryMap mm, long addr) {
        return (mm.table.get(addr) & PageTable.COW) != 0;
    }

    /** Every page of {@code [from, to)} is present and COW; afterwards none is. */
    private static void copyLocked(MemoryMap mm, long addr, long from, long to)
            throws ErrnoException {
        int pages = (int) ((to - from) >>> Pages.SHIFT);
        int first = onlyMine(mm, from, to) ? 0 : mm.memory.allocate(pages);
        if (first == 0) {
            for (long a = from; a < to; a += Pages.SIZE) ownLocked(mm, a);
            return;
        }
        for (int i = 0; i < pages; i++) {
            long a = from + ((long) i << Pages.SHIFT);
            replaceLocked(mm, a, first + i);
        }
    }

    private static boolean onlyMine(MemoryMap mm, long from, long to) {
        for (long a = from; a < to; a += Pages.SIZE) {
            if (mm.memory.count(PageTable.page(mm.table.get(a))) != 1) return false;
        }
        return true;
    }

    /** One page: taken over if nobody else holds it, copied otherwise. */
    private static void ownLocked(MemoryMap mm, long addr) throws ErrnoException {
        long pte = mm.table.get(addr);
        if (mm.memory.count(PageTable.page(pte)) == 1) {
            mm.memory.makeWritable(PageTable.page(pte), 1);
            mm.table.set(addr, pte & ~PageTable.COW);
            return;
        }
        int copy = mm.memory.allocate(1);
        if (copy == 0) throw stasis.abi.Errno.ENOMEM.exception();
        replaceLocked(mm, addr, copy);
    }

    private static void replaceLocked(MemoryMap mm, long addr, int copy) {
        int old = PageTable.page(mm.table.get(addr));
        mm.memory.ensureLoaded(old, 1);
        MemorySegment all = mm.memory.mapping();
        MemorySegment.copy(all, GuestMemory.offset(old), all, GuestMemory.offset(copy), Pages.SIZE);
        mm.table.set(addr, PageTable.pte(copy, false));
        mm.replaced.add(old);
    }

    // ---- for the sentry's own accesses

    /**
     * The entry of the page at {@code addr}, present and, if {@code write}, this process's own. The
     * platform is told only if it had the page in another state.
     *
     * @return 0 if the guest may not do that there
     */
    static long touchLocked(MemoryMap mm, ResourceLimits limits, long addr, boolean write) {
        long page = Pages.down(addr);
        Vma vma = findOrGrowLocked(mm, limits, addr);
        if (vma == null || vma.prot == 0) return 0;
        if (write && (vma.prot & PROT_WRITE) == 0) return 0;
        try {
            long pte = mm.table.get(page);
            if (pte == 0) {
                long to = Math.min(vma.end, page + ((long) MIN_AHEAD << Pages.SHIFT));
                fillLocked(mm, vma, page, page, vma.mappable == null ? to : page + Pages.SIZE);
                pte = mm.table.get(page);
            }
            if (!write) return pte;
            if ((pte & PageTable.COW) != 0) {
                ownLocked(mm, page);
                boolean mapped = (pte & PageTable.MAPPED) != 0;
                if (mapped) mm.mapPresentLocked(vma, page, page + Pages.SIZE);
                mm.replaced.release();
                if ((pte & PageTable.SEALED) != 0) mm.space.commit();
            } else {
                Sealing.writeLocked(mm, vma, page, pte);
            }
            return mm.table.get(page);
        } catch (ErrnoException e) {
            return 0;
        }
    }
}
