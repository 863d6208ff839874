package stasis.kernel.mm;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;

/** munmap(2). */
public final class Munmap {
    private Munmap() {}

    public static void munmap(Caller caller, MemoryMap mm, long addr, long length)
            throws ErrnoException {
        long bytes = Pages.up(length);
        if (!Pages.aligned(addr) || bytes <= 0) throw EINVAL.exception();
        if (addr < 0 || addr > mm.limit - bytes) throw EINVAL.exception();
        try (var _ = mm.lock.hold()) {
            if (mm.vmas.size() >= MemoryMap.MAX_VMAS) throw ENOMEM.exception();
            unmapLocked(mm, addr, addr + bytes);
        }
        mm.releaseFiles(caller);
    }

    /** Leaves {@code [from, to)} empty. */
    static void unmapLocked(MemoryMap mm, long from, long to) {
        if (mm.freeLocked(from, to - from)) return;
        mm.splitLocked(from);
        mm.splitLocked(to);
        for (Vma v : mm.overlappingLocked(from, to)) {
            mm.forgetLocked(v, v.start, v.end);
            mm.removeLocked(v);
            mm.totalBytes -= v.end - v.start;
        }
        mm.dropPagesLocked(from, to);
    }
}
