package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;
import static stasis.abi.Resource.RLIMIT_AS;
import static stasis.abi.Resource.RLIMIT_DATA;

import stasis.arch.Pages;
import stasis.kernel.caller.Caller;

/** brk(2). */
public final class Brk {
    private Brk() {}

    /** The new end of the heap, or the old one if it cannot be moved to {@code to}. */
    public static long brk(Caller caller, MemoryMap mm, long to) {
        long result;
        try (var _ = mm.lock.hold()) {
            if (mayMoveLocked(caller, mm, to)) moveLocked(mm, to);
            result = mm.brkEnd;
        }
        mm.releaseFiles(caller);
        return result;
    }

    private static boolean mayMoveLocked(Caller caller, MemoryMap mm, long to) {
        if (to < mm.brkStart || to >= mm.limit) return false;
        long limit = caller.limits().soft(RLIMIT_DATA);
        if (Long.compareUnsigned(to - mm.brkStart, limit) > 0) return false;
        long old = Pages.up(mm.brkEnd);
        long now = Pages.up(to);
        if (now <= old) return true;
        long total = mm.totalBytes + now - old;
        if (Long.compareUnsigned(total, caller.limits().soft(RLIMIT_AS)) > 0) return false;
        return mm.freeLocked(old, now - old);
    }

    private static void moveLocked(MemoryMap mm, long to) {
        long old = Pages.up(mm.brkEnd);
        long now = Pages.up(to);
        mm.brkEnd = to;
        if (now > old) {
            Vma heap = new Vma(old, now, PROT_READ | PROT_WRITE);
            heap.name = "[heap]";
            mm.insertLocked(heap);
        } else if (now < old) {
            Munmap.unmapLocked(mm, now, old);
        }
    }
}
