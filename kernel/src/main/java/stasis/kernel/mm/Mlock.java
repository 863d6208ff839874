package stasis.kernel.mm;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;

/** mlock(2), munlock(2). Guest memory is never swapped by the sentry; the host may. */
public final class Mlock {
    private Mlock() {}

    public static void lock(Caller caller, MemoryMap mm, long addr, long length, boolean on)
            throws ErrnoException {
        long from = Pages.down(addr);
        long to = Pages.up(addr + length);
        if (to < from) throw EINVAL.exception();
        if (from < 0 || to > mm.limit) throw ENOMEM.exception();
        boolean hole = false;
        try (var _ = mm.lock.hold()) {
            mm.splitLocked(from);
            mm.splitLocked(to);
            long at = from;
            for (Vma v : mm.overlappingLocked(from, to)) {
                if (v.start > at) hole = true;
                v.locked = on;
                at = v.end;
            }
            hole |= at < to;
            if (on && !hole) Mmap.populateLocked(caller, mm, from, to);
        }
        if (hole) throw ENOMEM.exception();
    }
}
