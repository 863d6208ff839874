package stasis.kernel.mm;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.MREMAP_DONTUNMAP;
import static stasis.abi.Mman.MREMAP_FIXED;
import static stasis.abi.Mman.MREMAP_MAYMOVE;
import static stasis.abi.Resource.RLIMIT_AS;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;

/** mremap(2). */
public final class Mremap {
    private Mremap() {}

    public static long mremap(
            Caller caller,
            MemoryMap mm,
            long addr,
            long oldLength,
            long newLength,
            int flags,
            long newAddr)
            throws ErrnoException {
        boolean fixed = (flags & MREMAP_FIXED) != 0;
        boolean mayMove = (flags & MREMAP_MAYMOVE) != 0;
        boolean keep = (flags & MREMAP_DONTUNMAP) != 0;
        long oldBytes = Pages.up(oldLength);
        long bytes = Pages.up(newLength);
        if ((flags & ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP)) != 0) {
            throw EINVAL.exception();
        }
        if (!Pages.aligned(addr) || bytes <= 0 || oldBytes < 0) throw EINVAL.exception();
        if ((fixed || keep) && !mayMove) throw EINVAL.exception();
        if (keep && oldBytes != bytes) throw EINVAL.exception();
        if (addr < 0 || addr > mm.limit - oldBytes || bytes > mm.limit) throw EINVAL.exception();
        if (fixed) checkTarget(mm, addr, oldBytes, newAddr, bytes);
        long result;
        try (var _ = mm.lock.hold()) {
            result =
                    fixed || keep
                            ? moveLocked(caller, mm, addr, oldBytes, bytes, fixed, newAddr, keep)
                            : resizeLocked(caller, mm, addr, oldBytes, bytes, mayMove);
        }
        mm.releaseFiles(caller);
        return result;
    }

    private static void checkTarget(MemoryMap mm, long addr, long oldBytes, long to, long bytes)
            throws ErrnoException {
        if (!Pages.aligned(to) || to < mm.platform.minAddress()) throw EINVAL.exception();
        if (to > mm.limit - bytes) throw EINVAL.exception();
        if (addr < to + bytes && to < addr + oldBytes) throw EINVAL.exception();
    }

    private static long resizeLocked(
            Caller caller, MemoryMap mm, long addr, long oldBytes, long bytes, boolean mayMove)
            throws ErrnoException {
        Vma vma = mm.findLocked(addr);
        if (vma == null) throw EFAULT.exception();
        if (oldBytes == 0) {
            if (!vma.shared || !mayMove) throw EINVAL.exception();
            return duplicateLocked(caller, mm, vma, addr, bytes);
        }
        if (bytes <= oldBytes) {
            if (bytes < oldBytes) Munmap.unmapLocked(mm, addr + bytes, addr + oldBytes);
            return addr;
        }
        if (addr + oldBytes > vma.end) throw EFAULT.exception();
        checkRoom(caller, mm, bytes - oldBytes);
        boolean inPlace =
                vma.end == addr + oldBytes
                        && addr + bytes <= mm.limit
                        && mm.freeLocked(vma.end, bytes - oldBytes);
        if (inPlace) {
            growLocked(mm, vma, bytes - oldBytes);
            return addr;
        }
        if (!mayMove) throw ENOMEM.exception();
        return moveLocked(caller, mm, addr, oldBytes, bytes, false, 0, false);
    }

    private static void checkRoom(Caller caller, MemoryMap mm, long more) throws ErrnoException {
        long limit = caller.limits().soft(RLIMIT_AS);
        if (Long.compareUnsigned(mm.totalBytes + more, limit) > 0) throw ENOMEM.exception();
        if (mm.vmas.size() + 3 > MemoryMap.MAX_VMAS) throw ENOMEM.exception();
    }

    private static void growLocked(MemoryMap mm, Vma vma, long more) {
        Mappable m = vma.mappable;
        if (m != null) {
            long offset = vma.offset + (vma.end - vma.start);
            m.mapped(mm, vma.end, offset, more, vma.writableShared());
        }
        vma.end += more;
        mm.totalBytes += more;
        mm.mergeLocked(vma);
    }

    /** Old length 0: a second mapping of the same shared pages. */
    private static long duplicateLocked(Caller caller, MemoryMap mm, Vma vma, long addr, long bytes)
            throws ErrnoException {
        checkRoom(caller, mm, bytes);
        long to = mm.findFreeLocked(bytes);
        if (to == 0) throw ENOMEM.exception();
        Vma copy = vma.slice(addr, vma.end);
        copy.start = to;
        copy.end = to + bytes;
        announceLocked(mm, copy);
        return to;
    }

    private static long moveLocked(
            Caller caller,
            MemoryMap mm,
            long addr,
            long oldBytes,
            long bytes,
            boolean fixed,
            long newAddr,
            boolean keep)
            throws ErrnoException {
        Vma source = mm.findLocked(addr);
        if (source == null || addr + oldBytes > source.end) throw EFAULT.exception();
        if (keep && source.mappable != null && !source.shared) throw EINVAL.exception();
        checkRoom(caller, mm, keep ? bytes : Math.max(0, bytes - oldBytes));
        if (fixed) Munmap.unmapLocked(mm, newAddr, newAddr + bytes);
        if (oldBytes > bytes) Munmap.unmapLocked(mm, addr + bytes, addr + oldBytes);
        long moved = Math.min(oldBytes, bytes);
        long to = fixed ? newAddr : mm.findFreeLocked(bytes);
        if (to == 0) throw ENOMEM.exception();
        Vma vma = mm.findLocked(addr);
        if (vma == null) throw EFAULT.exception();
        Vma copy = vma.slice(addr, addr + moved);
        copy.start = to;
        copy.end = to + bytes;
        movePagesLocked(mm, addr, moved, to);
        announceLocked(mm, copy);
        if (!keep) Munmap.unmapLocked(mm, addr, addr + moved);
        return to;
    }

    private static void announceLocked(MemoryMap mm, Vma vma) {
        Mappable m = vma.mappable;
        if (m != null) {
            m.mapped(mm, vma.start, vma.offset, vma.end - vma.start, vma.writableShared());
        }
        mm.insertLocked(vma);
    }

    /** The pages change their address; the platform finds them there by faults. */
    private static void movePagesLocked(MemoryMap mm, long from, long bytes, long to) {
        boolean[] mapped = {false};
        mm.table.visit(
                from,
                from + bytes,
                (addr, pte) -> {
                    mapped[0] |= (pte & PageTable.MAPPED) != 0;
                    mm.table.set(addr, 0);
                    long bare = pte & ~PageTable.IN_PLACE;
                    mm.table.set(to + (addr - from), bare);
                });
        if (mapped[0]) mm.space.unmap(from, bytes);
    }
}
