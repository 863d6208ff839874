package stasis.kernel.mm;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.mem.Mappable;

import java.util.ArrayList;
import java.util.List;

/** msync(2). */
public final class Msync {
    private Msync() {}

    private record Part(Mappable mappable, long offset, long length) {}

    public static void msync(MemoryMap mm, long addr, long length) throws ErrnoException {
        if (!Pages.aligned(addr)) throw EINVAL.exception();
        long bytes = Pages.up(length);
        if (bytes < 0 || addr < 0 || addr > mm.limit - bytes) throw ENOMEM.exception();
        List<Part> parts = new ArrayList<>();
        long at = addr;
        boolean hole = false;
        try (var _ = mm.lock.hold()) {
            for (Vma v : mm.overlappingLocked(addr, addr + bytes)) {
                if (v.start > at) hole = true;
                at = v.end;
                Mappable m = v.mappable;
                if (m == null || !v.shared) continue;
                long from = Math.max(addr, v.start);
                long to = Math.min(addr + bytes, v.end);
                parts.add(new Part(m, v.offset + (from - v.start), to - from));
            }
        }
        for (Part p : parts) p.mappable.sync(p.offset, p.length);
        if (hole || at < addr + bytes) throw ENOMEM.exception();
    }
}
