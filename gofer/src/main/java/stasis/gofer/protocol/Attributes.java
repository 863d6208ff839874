package stasis.gofer.protocol;

/**
 * Rgetattr without valid and qid: mode[4] uid[4] gid[4] nlink[8] rdev[8] size[8] blksize[8]
 * blocks[8] atime[16] mtime[16] ctime[16] btime[16] gen[8] data_version[8]; times as nanoseconds
 * since 1970.
 */
public record Attributes(
        int mode,
        int uid,
        int gid,
        long nlink,
        long rdev,
        long size,
        long blksize,
        long blocks,
        long atime,
        long mtime,
        long ctime) {}
