package stasis.abi;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct statfs}, {@code include/uapi/asm-generic/statfs.h}.
 *
 * <pre>
 * offset  size  field
 *      0     8  f_type
 *      8     8  f_bsize
 *     16     8  f_blocks
 *     24     8  f_bfree
 *     32     8  f_bavail
 *     40     8  f_files
 *     48     8  f_ffree
 *     56     8  f_fsid
 *     64     8  f_namelen
 *     72     8  f_frsize
 *     80     8  f_flags     ST_*: the MS_* bits below 64, 1024, 2048, and ST_VALID
 *     88    32  f_spare
 *    120        sizeof
 * </pre>
 */
public record Statfs(
        long type,
        long bsize,
        long blocks,
        long bfree,
        long files,
        long ffree,
        long fsid,
        long namelen,
        long flags) {
    public static final int SIZE = 120;

    private static final int ST_VALID = 0x20;

    public void write(MemorySegment to) {
        to.asSlice(0, SIZE).fill((byte) 0);
        Le.putLong(to, 0, type);
        Le.putLong(to, 8, bsize);
        Le.putLong(to, 16, blocks);
        Le.putLong(to, 24, bfree);
        Le.putLong(to, 32, bfree);
        Le.putLong(to, 40, files);
        Le.putLong(to, 48, ffree);
        Le.putLong(to, 56, fsid);
        Le.putLong(to, 64, namelen);
        Le.putLong(to, 72, bsize);
        Le.putLong(to, 80, flags | ST_VALID);
    }
}
