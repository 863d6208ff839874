package stasis.kernel.mm;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.PROT_GROWSDOWN;
import static stasis.abi.Mman.PROT_GROWSUP;
import static stasis.abi.Mman.PROT_WRITE;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;

/** mprotect(2). */
public final class Mprotect {
    private Mprotect() {}

    public static void mprotect(Caller caller, MemoryMap mm, long addr, long length, int prot)
            throws ErrnoException {
        if ((prot & ~(7 | PROT_GROWSDOWN | PROT_GROWSUP)) != 0) throw EINVAL.exception();
        if (!Pages.aligned(addr)) throw EINVAL.exception();
        if (length == 0) return;
        long bytes = Pages.up(length);
        if (addr < 0 || bytes <= 0 || addr > mm.limit - bytes) throw ENOMEM.exception();
        try (var _ = mm.lock.hold()) {
            protectLocked(mm, addr, addr + bytes, prot);
        }
        mm.releaseFiles(caller);
    }

    /** Like Linux, what lies before a hole is changed and the hole is an error. */
    private static void protectLocked(MemoryMap mm, long from, long to, int prot)
            throws ErrnoException {
        Vma first = mm.findLocked(from);
        if (first == null) throw ENOMEM.exception();
        if ((prot & PROT_GROWSDOWN) != 0) {
            if (!first.growsDown) throw EINVAL.exception();
            from = first.start;
        }
        mm.splitLocked(from);
        mm.splitLocked(to);
        long at = from;
        for (Vma v : mm.overlappingLocked(from, to)) {
            if (v.start != at) throw ENOMEM.exception();
            changeLocked(mm, v, prot & 7);
            at = v.end;
        }
        if (at < to) throw ENOMEM.exception();
        for (Vma v : mm.overlappingLocked(from, to)) {
            if (mm.vmas.get(v.start) == v) mm.mergeLocked(v);
        }
    }

    private static void changeLocked(MemoryMap mm, Vma v, int prot) throws ErrnoException {
        if (v.prot == prot) return;
        boolean gainsWrite = (prot & PROT_WRITE) != 0 && (v.prot & PROT_WRITE) == 0;
        if (gainsWrite && v.shared && v.file != null && !v.file.writable()) {
            throw EACCES.exception();
        }
        boolean wasWritableShared = v.writableShared();
        v.prot = prot;
        Mappable m = v.mappable;
        if (m != null && wasWritableShared != v.writableShared()) {
            m.unmapped(mm, v.start, v.offset, v.end - v.start, wasWritableShared);
            m.mapped(mm, v.start, v.offset, v.end - v.start, v.writableShared());
            // Pages that were handed out for reading only are asked for again before a write.
            if (v.writableShared()) mm.dropPagesLocked(v.start, v.end);
        }
        mm.protectMappedLocked(v, v.start, v.end);
    }
}
