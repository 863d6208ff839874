package stasis.kernel.mm;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.MADV_COLD;
import static stasis.abi.Mman.MADV_DODUMP;
import static stasis.abi.Mman.MADV_DOFORK;
import static stasis.abi.Mman.MADV_DONTDUMP;
import static stasis.abi.Mman.MADV_DONTFORK;
import static stasis.abi.Mman.MADV_DONTNEED;
import static stasis.abi.Mman.MADV_FREE;
import static stasis.abi.Mman.MADV_HUGEPAGE;
import static stasis.abi.Mman.MADV_KEEPONFORK;
import static stasis.abi.Mman.MADV_MERGEABLE;
import static stasis.abi.Mman.MADV_NOHUGEPAGE;
import static stasis.abi.Mman.MADV_NORMAL;
import static stasis.abi.Mman.MADV_PAGEOUT;
import static stasis.abi.Mman.MADV_POPULATE_READ;
import static stasis.abi.Mman.MADV_POPULATE_WRITE;
import static stasis.abi.Mman.MADV_RANDOM;
import static stasis.abi.Mman.MADV_SEQUENTIAL;
import static stasis.abi.Mman.MADV_UNMERGEABLE;
import static stasis.abi.Mman.MADV_WILLNEED;
import static stasis.abi.Mman.MADV_WIPEONFORK;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;

/** madvise(2). */
public final class Madvise {
    private Madvise() {}

    public static void madvise(Caller caller, MemoryMap mm, long addr, long length, int advice)
            throws ErrnoException {
        if (!Pages.aligned(addr)) throw EINVAL.exception();
        long bytes = Pages.up(length);
        if (bytes < 0 || (length != 0 && bytes == 0)) throw EINVAL.exception();
        check(advice);
        if (bytes == 0) return;
        if (addr < 0 || addr > mm.limit - bytes) throw ENOMEM.exception();
        boolean hole;
        try (var _ = mm.lock.hold()) {
            hole = adviseLocked(caller, mm, addr, addr + bytes, advice);
        }
        if (hole) throw ENOMEM.exception();
    }

    private static void check(int advice) throws ErrnoException {
        switch (advice) {
            case MADV_NORMAL,
                    MADV_RANDOM,
                    MADV_SEQUENTIAL,
                    MADV_WILLNEED,
                    MADV_DONTNEED,
                    MADV_FREE,
                    MADV_DONTFORK,
                    MADV_DOFORK,
                    MADV_MERGEABLE,
                    MADV_UNMERGEABLE,
                    MADV_HUGEPAGE,
                    MADV_NOHUGEPAGE,
                    MADV_DONTDUMP,
                    MADV_DODUMP,
                    MADV_WIPEONFORK,
                    MADV_KEEPONFORK,
                    MADV_COLD,
                    MADV_PAGEOUT,
                    MADV_POPULATE_READ,
                    MADV_POPULATE_WRITE -> {}
            default -> throw EINVAL.exception();
        }
    }

    /** True if there is a hole in the range; the rest is advised all the same. */
    private static boolean adviseLocked(Caller caller, MemoryMap mm, long from, long to, int advice)
            throws ErrnoException {
        long at = from;
        boolean hole = false;
        boolean borders = advice == MADV_DONTFORK || advice == MADV_DOFORK;
        borders |= advice == MADV_WIPEONFORK || advice == MADV_KEEPONFORK;
        if (borders) {
            mm.splitLocked(from);
            mm.splitLocked(to);
        }
        for (Vma v : mm.overlappingLocked(from, to)) {
            if (v.start > at) hole = true;
            adviseVmaLocked(caller, mm, v, Math.max(from, v.start), Math.min(to, v.end), advice);
            at = v.end;
        }
        return hole || at < to;
    }

    private static void adviseVmaLocked(
            Caller caller, MemoryMap mm, Vma v, long from, long to, int advice)
            throws ErrnoException {
        switch (advice) {
            case MADV_DONTNEED -> mm.dropPagesLocked(from, to);
            case MADV_FREE -> {
                // Unlike Linux, which waits for memory pressure: pages go at once.
                if (v.mappable != null) throw EINVAL.exception();
                mm.dropPagesLocked(from, to);
            }
            case MADV_DONTFORK -> v.dontFork = true;
            case MADV_DOFORK -> v.dontFork = false;
            case MADV_WIPEONFORK -> {
                if (v.mappable != null) throw EINVAL.exception();
                v.wipeOnFork = true;
            }
            case MADV_KEEPONFORK -> v.wipeOnFork = false;
            case MADV_POPULATE_READ, MADV_POPULATE_WRITE ->
                    Mmap.populateLocked(caller, mm, from, to);
            default -> {} // hints that change nothing a program can see
        }
    }
}
