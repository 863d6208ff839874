package stasis.abi;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * What getdents64(2) and getdents(2) fill a buffer with, {@code include/linux/dirent.h}. Each entry
 * is padded to a multiple of 8.
 *
 * <pre>
 * linux_dirent64                      linux_dirent
 * offset  size  field                 offset  size  field
 *      0     8  d_ino                      0     8  d_ino
 *      8     8  d_off                      8     8  d_off
 *     16     2  d_reclen                  16     2  d_reclen
 *     18     1  d_type                    18        d_name, NUL, padding
 *     19        d_name, NUL         reclen-1     1  d_type
 * </pre>
 */
public final class LinuxDirent {
    private LinuxDirent() {}

    /** Bytes that an entry of this name takes. */
    public static int length(String name, boolean is64) {
        return (int) ((is64 ? 19 : 18) + name.length() + (is64 ? 1 : 2) + 7L) & ~7;
    }

    /**
     * @param name bytes as ISO-8859-1
     * @param off the position after this entry
     * @param mode of the file, for DT_*
     */
    public static void write(
            MemorySegment to, long at, String name, long ino, long off, int mode, boolean is64) {
        int length = length(name, is64);
        int type = (mode & StatMode.S_IFMT) >> 12;
        to.asSlice(at, length).fill((byte) 0);
        Le.putLong(to, at, ino);
        Le.putLong(to, at + 8, off);
        Le.putShort(to, at + 16, length);
        Le.putByte(to, is64 ? at + 18 : at + length - 1, type);
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), 0, to, at + (is64 ? 19 : 18), bytes.length);
    }
}
