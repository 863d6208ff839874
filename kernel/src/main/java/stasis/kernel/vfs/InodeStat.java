package stasis.kernel.vfs;

import static stasis.abi.StatMode.S_IFMT;

/**
 * What stat(2) tells of a file, at one moment.
 *
 * @param mode type and permissions
 * @param blocks of 512 bytes
 * @param atime nanoseconds since 1970, like the three that follow
 */
public record InodeStat(
        long dev,
        long ino,
        int mode,
        int nlink,
        int uid,
        int gid,
        long rdev,
        long size,
        int blksize,
        long blocks,
        long atime,
        long mtime,
        long ctime,
        long btime) {
    public InodeStat withLinks(int links) {
        return new InodeStat(
                dev, ino, mode, links, uid, gid, rdev, size, blksize, blocks, atime, mtime, ctime,
                btime);
    }

    /** {@code S_IFREG} and so on. */
    public int type() {
        return mode & S_IFMT;
    }
}
