package stasis.abi;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct flock}, {@code include/uapi/asm-generic/fcntl.h}.
 *
 * <pre>
 * offset  size  field
 *      0     2  l_type      F_RDLCK, F_WRLCK, F_UNLCK
 *      2     2  l_whence    SEEK_*
 *      4     4  padding
 *      8     8  l_start
 *     16     8  l_len       0: to the end, negative: before l_start
 *     24     4  l_pid
 *     28     4  padding
 *     32        sizeof
 * </pre>
 */
public record Flock(int type, int whence, long start, long len, int pid) {
    public static final int SIZE = 32;

    public static Flock read(MemorySegment from) {
        return new Flock(
                Le.getShort(from, 0),
                Le.getShort(from, 2),
                Le.getLong(from, 8),
                Le.getLong(from, 16),
                Le.getInt(from, 24));
    }

    public void write(MemorySegment to) {
        to.asSlice(0, SIZE).fill((byte) 0);
        Le.putShort(to, 0, type);
        Le.putShort(to, 2, whence);
        Le.putLong(to, 8, start);
        Le.putLong(to, 16, len);
        Le.putInt(to, 24, pid);
    }
}
