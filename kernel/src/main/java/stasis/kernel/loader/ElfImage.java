package stasis.kernel.loader;

import static stasis.abi.Elf.PF_R;
import static stasis.abi.Elf.PF_W;
import static stasis.abi.Elf.PF_X;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.MAP_ANONYMOUS;
import static stasis.abi.Mman.MAP_FIXED;
import static stasis.abi.Mman.MAP_PRIVATE;
import static stasis.abi.Mman.PROT_EXEC;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.Mmap;
import stasis.kernel.mm.UserMemory;
import stasis.kernel.vfs.FileDescription;

/**
 * An ELF file in memory.
 *
 * @param base what was added to every address of the file
 * @param phdr address of the program headers, 0 if no segment holds them
 * @param end first address behind the last segment
 */
record ElfImage(long base, long entry, long phdr, int phdrCount, long end) {
    /** Where position-independent programs go, ELF_ET_DYN_BASE of Linux without randomness. */
    static final long PIE_BASE = 0x5555_5555_4000L;

    /**
     * @param preferred address for a position-independent file, 0: wherever there is room
     */
    static ElfImage map(
            Caller caller,
            MemoryMap mm,
            UserMemory memory,
            FileDescription file,
            ElfHeader elf,
            long preferred)
            throws ErrnoException {
        long base = 0;
        if (elf.dynamic()) {
            base = preferred != 0 ? preferred : placeFor(mm, elf);
            base -= elf.lowest();
        }
        long phdr = 0;
        for (ElfHeader.Segment s : elf.segments()) {
            mapSegment(caller, mm, memory, file, s, base);
            long within = elf.phdrOffset() - s.offset();
            if (within >= 0 && within < s.fileBytes()) phdr = base + s.vaddr() + within;
        }
        return new ElfImage(base, base + elf.entry(), phdr, elf.phdrCount(), base + elf.highest());
    }

    private static long placeFor(MemoryMap mm, ElfHeader elf) throws ErrnoException {
        long at = mm.findFree(Pages.up(elf.highest() - elf.lowest()));
        if (at == 0) throw ENOMEM.exception();
        return at;
    }

    private static void mapSegment(
            Caller caller,
            MemoryMap mm,
            UserMemory memory,
            FileDescription file,
            ElfHeader.Segment s,
            long base)
            throws ErrnoException {
        long start = Pages.down(base + s.vaddr());
        long fileEnd = base + s.vaddr() + s.fileBytes();
        long memEnd = base + s.vaddr() + s.memBytes();
        long mappedEnd = Pages.up(fileEnd);
        int prot = prot(s.flags());
        if (s.fileBytes() > 0) {
            long offset = Pages.down(s.offset());
            Mmap.mmap(
                    caller,
                    mm,
                    start,
                    mappedEnd - start,
                    prot,
                    MAP_PRIVATE | MAP_FIXED,
                    file,
                    offset);
        } else {
            mappedEnd = start;
        }
        if (memEnd <= fileEnd) return;
        if ((prot & PROT_WRITE) != 0 && fileEnd < mappedEnd) {
            memory.zero(fileEnd, mappedEnd - fileEnd);
        }
        if (memEnd <= mappedEnd) return;
        int flags = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS;
        long length = Pages.up(memEnd) - mappedEnd;
        Mmap.mmap(caller, mm, mappedEnd, length, prot, flags, null, 0);
    }

    private static int prot(int flags) {
        return ((flags & PF_R) != 0 ? PROT_READ : 0)
                | ((flags & PF_W) != 0 ? PROT_WRITE : 0)
                | ((flags & PF_X) != 0 ? PROT_EXEC : 0);
    }
}
