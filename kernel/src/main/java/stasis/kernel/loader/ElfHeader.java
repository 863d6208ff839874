package stasis.kernel.loader;

import static stasis.abi.Elf.EM_X86_64;
import static stasis.abi.Elf.ET_DYN;
import static stasis.abi.Elf.ET_EXEC;
import static stasis.abi.Elf.PT_GNU_STACK;
import static stasis.abi.Elf.PT_INTERP;
import static stasis.abi.Elf.PT_LOAD;
import static stasis.abi.Errno.ELIBBAD;
import static stasis.abi.Errno.ENOEXEC;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the loader needs of an ELF file, elf(5): {@code Elf64_Ehdr} and {@code Elf64_Phdr}.
 *
 * @param dynamic ET_DYN: may be loaded anywhere
 * @param phdrOffset place of the program headers in the file
 * @param interpreter PT_INTERP, or null
 */
record ElfHeader(
        boolean dynamic,
        long entry,
        long phdrOffset,
        int phdrCount,
        List<Segment> segments,
        @Nullable String interpreter,
        boolean executableStack) {
    static final int EHDR_BYTES = 64;
    static final int PHDR_BYTES = 56;

    private static final int MAX_PHDRS = 65536 / PHDR_BYTES;
    private static final int MAX_INTERPRETER = 4096;

    /** PT_LOAD. */
    record Segment(long vaddr, long offset, long fileBytes, long memBytes, int flags, long align) {}

    /**
     * ENOEXEC if it is no ELF file for this processor; ELIBBAD or ENOEXEC if it is a broken one.
     */
    static ElfHeader read(ProgramFile file) throws SyscallException {
        MemorySegment e = file.read(0, EHDR_BYTES);
        if (e.byteSize() < EHDR_BYTES || !isElf(e)) throw ENOEXEC.exception();
        int type = e.get(JAVA_SHORT_UNALIGNED, 16);
        int machine = e.get(JAVA_SHORT_UNALIGNED, 18);
        if ((type != ET_EXEC && type != ET_DYN) || machine != EM_X86_64) throw ENOEXEC.exception();
        long entry = e.get(JAVA_LONG_UNALIGNED, 24);
        long phdrs = e.get(JAVA_LONG_UNALIGNED, 32);
        int size = e.get(JAVA_SHORT_UNALIGNED, 54) & 0xffff;
        int count = e.get(JAVA_SHORT_UNALIGNED, 56) & 0xffff;
        if (size != PHDR_BYTES || count == 0 || count > MAX_PHDRS) throw ENOEXEC.exception();
        MemorySegment table = file.read(phdrs, count * PHDR_BYTES);
        if (table.byteSize() < (long) count * PHDR_BYTES) throw ENOEXEC.exception();
        return parse(file, type == ET_DYN, entry, phdrs, count, table);
    }

    private static boolean isElf(MemorySegment e) {
        return e.get(JAVA_INT_UNALIGNED, 0) == 0x464c457f
                && (e.get(JAVA_SHORT_UNALIGNED, 4) == 0x0102);
    }

    private static ElfHeader parse(
            ProgramFile file, boolean dynamic, long entry, long phdrs, int count, MemorySegment t)
            throws SyscallException {
        List<Segment> segments = new ArrayList<>();
        String interpreter = null;
        boolean execStack = false;
        for (int i = 0; i < count; i++) {
            long at = (long) i * PHDR_BYTES;
            int type = t.get(JAVA_INT_UNALIGNED, at);
            int flags = t.get(JAVA_INT_UNALIGNED, at + 4);
            long offset = t.get(JAVA_LONG_UNALIGNED, at + 8);
            long vaddr = t.get(JAVA_LONG_UNALIGNED, at + 16);
            long fileBytes = t.get(JAVA_LONG_UNALIGNED, at + 32);
            long memBytes = t.get(JAVA_LONG_UNALIGNED, at + 40);
            long align = t.get(JAVA_LONG_UNALIGNED, at + 48);
            switch (type) {
                case PT_LOAD -> {
                    Segment s = new Segment(vaddr, offset, fileBytes, memBytes, flags, align);
                    check(s, segments);
                    if (memBytes != 0) segments.add(s);
                }
                case PT_INTERP -> interpreter = interpreter(file, offset, fileBytes);
                case PT_GNU_STACK -> execStack = (flags & 1) != 0;
                default -> {}
            }
        }
        if (segments.isEmpty()) throw ENOEXEC.exception();
        return new ElfHeader(dynamic, entry, phdrs, count, segments, interpreter, execStack);
    }

    private static void check(Segment s, List<Segment> before) throws ErrnoException {
        boolean sound =
                s.vaddr >= 0
                        && s.offset >= 0
                        && s.fileBytes >= 0
                        && s.memBytes >= s.fileBytes
                        && s.memBytes <= 1L << 46
                        && s.vaddr <= (1L << 47) - s.memBytes
                        && (s.vaddr & 4095) == (s.offset & 4095);
        if (!sound) throw ENOEXEC.exception();
        if (before.isEmpty()) return;
        Segment last = before.getLast();
        if (s.vaddr < last.vaddr + last.memBytes) throw ELIBBAD.exception();
    }

    private static String interpreter(ProgramFile file, long offset, long bytes)
            throws SyscallException {
        if (bytes < 2 || bytes > MAX_INTERPRETER) throw ENOEXEC.exception();
        MemorySegment s = file.read(offset, (int) bytes);
        if (s.byteSize() < bytes
                || s.get(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes - 1) != 0) {
            throw ENOEXEC.exception();
        }
        byte[] name = s.asSlice(0, bytes - 1).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    long lowest() {
        return segments.getFirst().vaddr & -4096;
    }

    long highest() {
        Segment last = segments.getLast();
        return last.vaddr + last.memBytes;
    }
}
