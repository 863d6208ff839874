package stasis.arch.asm;

import static stasis.arch.asm.ElfWriter.EHDR_BYTES;
import static stasis.arch.asm.ElfWriter.PHDR_BYTES;

/**
 * A static executable of one segment, elf(5): header, one program header, code that starts at once.
 */
public final class ElfImage {
    /** Where the file is mapped, readable and executable. */
    public static final long BASE = 0x400000;

    /** The address of the code's first byte, which is the entry point. */
    public static final long ENTRY = BASE + EHDR_BYTES + PHDR_BYTES;

    private ElfImage() {}

    public static byte[] of(byte[] code) {
        int size = EHDR_BYTES + PHDR_BYTES + code.length;
        return new ElfWriter(size)
                .header(ElfWriter.ET_EXEC, ENTRY, 1)
                .segment(ElfWriter.PT_LOAD, ElfWriter.PF_R | ElfWriter.PF_X, 0, BASE, size)
                .bytes(code)
                .file();
    }
}
