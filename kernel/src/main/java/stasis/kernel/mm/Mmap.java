package stasis.kernel.mm;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Errno.EOVERFLOW;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Mman.MAP_FIXED;
import static stasis.abi.Mman.MAP_FIXED_NOREPLACE;
import static stasis.abi.Mman.MAP_GROWSDOWN;
import static stasis.abi.Mman.MAP_LOCKED;
import static stasis.abi.Mman.MAP_POPULATE;
import static stasis.abi.Mman.MAP_PRIVATE;
import static stasis.abi.Mman.MAP_SHARED;
import static stasis.abi.Mman.MAP_SHARED_VALIDATE;
import static stasis.abi.Mman.PROT_WRITE;
import static stasis.abi.Resource.RLIMIT_AS;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileDescription;

/** mmap(2). */
public final class Mmap {
    private static final int MAP_TYPE = 0xf;
    private static final int PROT_BITS = 7;

    /**
     * Private anonymous mappings up to this size are put in place at once: cheaper than a fault.
     */
    private static final long EAGER_BYTES = 64 << 10;

    private Mmap() {}

    /**
     * @param file null for anonymous memory; the mapping takes its own reference
     * @return where it was mapped
     */
    public static long mmap(
            Caller caller,
            MemoryMap mm,
            long addr,
            long length,
            int prot,
            int flags,
            @Nullable FileDescription file,
            long offset)
            throws ErrnoException {
        int type = flags & MAP_TYPE;
        boolean shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
        if (!shared && type != MAP_PRIVATE) throw EINVAL.exception();
        if (length == 0 || !Pages.aligned(offset)) throw EINVAL.exception();
        long bytes = Pages.up(length);
        if (bytes <= 0 || bytes > mm.limit) throw ENOMEM.exception();
        if (offset + bytes < offset) throw EOVERFLOW.exception();

        Mappable mappable = null;
        if (file != null) mappable = mappableOf(file, prot, shared);
        else if (shared) mappable = new SharedAnonymous(mm.memory, bytes);
        long at;
        try (var _ = mm.lock.hold()) {
            at = placeLocked(caller, mm, addr, bytes, flags);
            Vma vma = new Vma(at, at + bytes, prot & PROT_BITS);
            vma.shared = shared;
            vma.growsDown = (flags & MAP_GROWSDOWN) != 0;
            vma.locked = (flags & MAP_LOCKED) != 0;
            vma.mappable = mappable;
            vma.offset = file == null ? 0 : offset;
            vma.file = file == null ? null : file.acquire();
            if (mappable != null) {
                mappable.mapped(mm, at, vma.offset, bytes, vma.writableShared());
            }
            mm.insertLocked(vma);
            boolean eager = mappable == null && bytes <= EAGER_BYTES && (prot & PROT_WRITE) != 0;
            if (eager || (flags & (MAP_POPULATE | MAP_LOCKED)) != 0) {
                populateLocked(caller, mm, at, at + bytes);
            }
        }
        mm.releaseFiles(caller);
        return at;
    }

    /** The kernel's own mappings, such as the vDSO; wherever there is room. */
    public static long mapSpecial(
            Caller caller,
            MemoryMap mm,
            long bytes,
            int prot,
            int flags,
            Mappable mappable,
            String name)
            throws ErrnoException {
        try (var _ = mm.lock.hold()) {
            long at = placeLocked(caller, mm, 0, bytes, flags);
            Vma vma = new Vma(at, at + bytes, prot);
            vma.shared = (flags & MAP_TYPE) == MAP_SHARED;
            vma.mappable = mappable;
            vma.name = name;
            mappable.mapped(mm, at, 0, bytes, vma.writableShared());
            mm.insertLocked(vma);
            return at;
        }
    }

    private static Mappable mappableOf(FileDescription file, int prot, boolean shared)
            throws ErrnoException {
        if (!file.readable()) throw EACCES.exception();
        if (shared && (prot & PROT_WRITE) != 0 && !file.writable()) throw EACCES.exception();
        Mappable mappable = file.impl().mappable();
        if (mappable == null) throw ENODEV.exception();
        file.impl().checkMap(shared, (prot & PROT_WRITE) != 0);
        return mappable;
    }

    private static long placeLocked(Caller caller, MemoryMap mm, long addr, long bytes, int flags)
            throws ErrnoException {
        long limit = caller.limits().soft(RLIMIT_AS);
        if (Long.compareUnsigned(mm.totalBytes + bytes, limit) > 0) throw ENOMEM.exception();
        if (mm.vmas.size() >= MemoryMap.MAX_VMAS) throw ENOMEM.exception();
        if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
            if (!Pages.aligned(addr)) throw EINVAL.exception();
            if (addr < 0 || addr > mm.limit - bytes) throw ENOMEM.exception();
            if (addr < mm.platform.minAddress()) throw EPERM.exception();
            if ((flags & MAP_FIXED_NOREPLACE) != 0 && !mm.freeLocked(addr, bytes)) {
                throw EEXIST.exception();
            }
            Munmap.unmapLocked(mm, addr, addr + bytes);
            return addr;
        }
        long hint = Pages.down(addr);
        boolean usable =
                hint >= mm.platform.minAddress()
                        && hint <= mm.limit - bytes
                        && mm.freeLocked(hint, bytes);
        if (usable) return hint;
        long at = mm.findFreeLocked(bytes);
        if (at == 0) throw ENOMEM.exception();
        return at;
    }

    /** MAP_POPULATE, MAP_LOCKED: failures are silent, as the man page says. */
    static void populateLocked(Caller caller, MemoryMap mm, long from, long to) {
        for (Vma v : mm.overlappingLocked(from, to)) {
            long lo = Math.max(from, v.start);
            long hi = Math.min(to, v.end);
            boolean write = (v.prot & PROT_WRITE) != 0;
            for (long a = lo; a < hi; a += Pages.SIZE) {
                if (PageFault.touchLocked(mm, caller.limits(), a, write) == 0) break;
            }
            mm.mapPresentLocked(v, lo, hi);
        }
    }
}
