package stasis.arch.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A static executable of one segment, elf(5): header, one program header, code that starts at once.
 */
public final class ElfImage {
    /** Where the file is mapped, readable and executable. */
    public static final long BASE = 0x400000;

    private static final int EHDR_BYTES = 64;
    private static final int PHDR_BYTES = 56;

    /** The address of the code's first byte, which is the entry point. */
    public static final long ENTRY = BASE + EHDR_BYTES + PHDR_BYTES;

    private ElfImage() {}

    public static byte[] of(byte[] code) {
        ByteBuffer b =
                ByteBuffer.allocate(EHDR_BYTES + PHDR_BYTES + code.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        header(b);
        segment(b);
        return b.put(code).array();
    }

    private static void header(ByteBuffer b) {
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64, EV_CURRENT
        b.putLong(ENTRY).putLong(EHDR_BYTES).putLong(0).putInt(0);
        b.putShort((short) EHDR_BYTES).putShort((short) PHDR_BYTES).putShort((short) 1);
        b.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(ByteBuffer b) {
        b.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE); // PT_LOAD, PF_R | PF_X
        b.putLong(b.capacity()).putLong(b.capacity()).putLong(0x1000);
    }
}
