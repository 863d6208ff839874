package stasis.arch.asm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The records of an ELF file for x86-64, elf(5), put one after the other at a position. */
public final class ElfWriter {
    public static final int ET_EXEC = 2;
    public static final int ET_DYN = 3;
    public static final int PT_LOAD = 1;
    public static final int PT_DYNAMIC = 2;
    public static final int PT_GNU_STACK = 0x6474e551;
    public static final int PF_X = 1;
    public static final int PF_W = 2;
    public static final int PF_R = 4;
    public static final int EHDR_BYTES = 64;
    public static final int PHDR_BYTES = 56;
    public static final int SYM_BYTES = 24;

    private static final int EM_X86_64 = 62;
    private static final int GLOBAL_FUNCTION = 0x12;

    private final ByteBuffer b;

    /**
     * @param size of the file
     */
    public ElfWriter(int size) {
        b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    public ElfWriter at(int position) {
        b.position(position);
        return this;
    }

    /** The file's header; the program headers follow it. */
    public ElfWriter header(int type, long entry, int segments) {
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) type).putShort((short) EM_X86_64).putInt(1).putLong(entry);
        b.putLong(EHDR_BYTES).putLong(0).putInt(0);
        b.putShort((short) EHDR_BYTES).putShort((short) PHDR_BYTES).putShort((short) segments);
        b.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        return this;
    }

    public ElfWriter segment(int type, int flags, long offset, long address, long size) {
        b.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        b.putLong(size).putLong(size).putLong(0x1000);
        return this;
    }

    /**
     * @param section 0 for a function of another file
     */
    public ElfWriter function(int name, int section, long address, long size) {
        b.putInt(name).put((byte) GLOBAL_FUNCTION).put((byte) 0).putShort((short) section);
        b.putLong(address).putLong(size);
        return this;
    }

    public ElfWriter longs(long... values) {
        for (long v : values) b.putLong(v);
        return this;
    }

    public ElfWriter ints(int... values) {
        for (int v : values) b.putInt(v);
        return this;
    }

    public ElfWriter shorts(int... values) {
        for (int v : values) b.putShort((short) v);
        return this;
    }

    public ElfWriter bytes(byte[] bytes) {
        b.put(bytes);
        return this;
    }

    public byte[] file() {
        return b.array();
    }
}
