package stasis.abi;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct statx}, {@code include/uapi/linux/stat.h}.
 *
 * <pre>
 * offset  size  field
 *      0     4  stx_mask             STATX_*: what is filled in
 *      4     4  stx_blksize
 *      8     8  stx_attributes
 *     16     4  stx_nlink
 *     20     4  stx_uid
 *     24     4  stx_gid
 *     28     2  stx_mode
 *     32     8  stx_ino
 *     40     8  stx_size
 *     48     8  stx_blocks
 *     56     8  stx_attributes_mask
 *     64    16  stx_atime            s64 seconds, u32 nanoseconds, padding
 *     80    16  stx_btime
 *     96    16  stx_ctime
 *    112    16  stx_mtime
 *    128     8  stx_rdev_major, stx_rdev_minor
 *    136     8  stx_dev_major, stx_dev_minor
 *    144     8  stx_mnt_id
 *    152   104  unused here
 *    256        sizeof
 * </pre>
 *
 * @param stat what struct stat has in common
 * @param mountId for STATX_MNT_ID
 * @param mountRoot STATX_ATTR_MOUNT_ROOT
 */
public record Statx(Stat stat, long btime, long mountId, boolean mountRoot) {
    public static final int SIZE = 256;

    private static final long SECOND = 1_000_000_000;

    public void write(MemorySegment to) {
        to.asSlice(0, SIZE).fill((byte) 0);
        Le.putInt(to, 0, StatMode.STATX_ALL | StatMode.STATX_MNT_ID);
        Le.putInt(to, 4, (int) stat.blksize());
        Le.putLong(to, 8, mountRoot ? StatMode.STATX_ATTR_MOUNT_ROOT : 0);
        Le.putInt(to, 16, (int) stat.nlink());
        Le.putInt(to, 20, stat.uid());
        Le.putInt(to, 24, stat.gid());
        Le.putShort(to, 28, stat.mode());
        Le.putLong(to, 32, stat.ino());
        Le.putLong(to, 40, stat.size());
        Le.putLong(to, 48, stat.blocks());
        Le.putLong(to, 56, StatMode.STATX_ATTR_MOUNT_ROOT);
        putTime(to, 64, stat.atime());
        putTime(to, 80, btime);
        putTime(to, 96, stat.ctime());
        putTime(to, 112, stat.mtime());
        putDevice(to, 128, stat.rdev());
        putDevice(to, 136, stat.dev());
        Le.putLong(to, 144, mountId);
    }

    private static void putTime(MemorySegment to, long at, long nanos) {
        Le.putLong(to, at, Math.floorDiv(nanos, SECOND));
        Le.putInt(to, at + 8, (int) Math.floorMod(nanos, SECOND));
    }

    private static void putDevice(MemorySegment to, long at, long dev) {
        Le.putInt(to, at, DeviceNumber.major(dev));
        Le.putInt(to, at + 4, DeviceNumber.minor(dev));
    }
}
