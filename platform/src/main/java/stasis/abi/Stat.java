package stasis.abi;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct stat}, {@code arch/x86/include/uapi/asm/stat.h}. Times are nanoseconds since 1970.
 *
 * <pre>
 * offset  size  field
 *      0     8  st_dev
 *      8     8  st_ino
 *     16     8  st_nlink
 *     24     4  st_mode
 *     28     4  st_uid
 *     32     4  st_gid
 *     36     4  padding
 *     40     8  st_rdev
 *     48     8  st_size
 *     56     8  st_blksize
 *     64     8  st_blocks     of 512 bytes
 *     72    16  st_atime, st_atime_nsec
 *     88    16  st_mtime, st_mtime_nsec
 *    104    16  st_ctime, st_ctime_nsec
 *    120    24  unused
 *    144        sizeof
 * </pre>
 */
public record Stat(
        long dev,
        long ino,
        long nlink,
        int mode,
        int uid,
        int gid,
        long rdev,
        long size,
        long blksize,
        long blocks,
        long atime,
        long mtime,
        long ctime) {
    public static final int SIZE = 144;

    private static final long SECOND = 1_000_000_000;

    public void write(MemorySegment to) {
        to.asSlice(0, SIZE).fill((byte) 0);
        Le.putLong(to, 0, dev);
        Le.putLong(to, 8, ino);
        Le.putLong(to, 16, nlink);
        Le.putInt(to, 24, mode);
        Le.putInt(to, 28, uid);
        Le.putInt(to, 32, gid);
        Le.putLong(to, 40, rdev);
        Le.putLong(to, 48, size);
        Le.putLong(to, 56, blksize);
        Le.putLong(to, 64, blocks);
        putTime(to, 72, atime);
        putTime(to, 88, mtime);
        putTime(to, 104, ctime);
    }

    private static void putTime(MemorySegment to, long at, long nanos) {
        Le.putLong(to, at, Math.floorDiv(nanos, SECOND));
        Le.putLong(to, at + 8, Math.floorMod(nanos, SECOND));
    }
}
