package stasis.abi;

/** {@code include/uapi/asm-generic/fcntl.h} and {@code include/uapi/linux/fcntl.h}. */
public final class Fcntl {
    private Fcntl() {}

    public static final int AT_STATX_SYNC_AS_STAT = 0x0;
    public static final int AT_VECTOR_SIZE_ARCH = 0x3;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EACCESS = 0x200;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_NO_AUTOMOUNT = 0x800;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int AT_STATX_FORCE_SYNC = 0x2000;
    public static final int AT_STATX_DONT_SYNC = 0x4000;
    public static final int AT_STATX_SYNC_TYPE = 0x6000;
    public static final int AT_RECURSIVE = 0x8000;
    public static final int AT_FDCWD = 0xffffff9c;

    public static final int CLOSE_RANGE_UNSHARE = 0x2;
    public static final int CLOSE_RANGE_CLOEXEC = 0x4;

    public static final int DN_ACCESS = 0x1;
    public static final int DN_MODIFY = 0x2;
    public static final int DN_CREATE = 0x4;
    public static final int DN_DELETE = 0x8;
    public static final int DN_RENAME = 0x10;
    public static final int DN_ATTRIB = 0x20;
    public static final int DN_MULTISHOT = 0x80000000;

    public static final int F_DUPFD = 0x0;
    public static final int F_OK = 0x0;
    public static final int F_RDLCK = 0x0;
    public static final int F_GETFD = 0x1;
    public static final int F_SEAL_SEAL = 0x1;
    public static final int F_WRLCK = 0x1;
    public static final int F_SEAL_SHRINK = 0x2;
    public static final int F_SETFD = 0x2;
    public static final int F_UNLCK = 0x2;
    public static final int F_GETFL = 0x3;
    public static final int F_EXLCK = 0x4;
    public static final int F_SEAL_GROW = 0x4;
    public static final int F_SETFL = 0x4;
    public static final int F_GETLK = 0x5;
    public static final int F_GETLK64 = 0x5;
    public static final int F_SETLK = 0x6;
    public static final int F_SETLK64 = 0x6;
    public static final int F_SETLKW = 0x7;
    public static final int F_SETLKW64 = 0x7;
    public static final int F_SEAL_WRITE = 0x8;
    public static final int F_SETOWN = 0x8;
    public static final int F_SHLCK = 0x8;
    public static final int F_GETOWN = 0x9;
    public static final int F_SETSIG = 0xa;
    public static final int F_GETSIG = 0xb;
    public static final int F_SETOWN_EX = 0xf;
    public static final int F_GETOWN_EX = 0x10;
    public static final int F_SEAL_FUTURE_WRITE = 0x10;
    public static final int F_OFD_GETLK = 0x24;
    public static final int F_OFD_SETLK = 0x25;
    public static final int F_OFD_SETLKW = 0x26;
    public static final int F_SETLEASE = 0x400;
    public static final int F_GETLEASE = 0x401;
    public static final int F_NOTIFY = 0x402;
    public static final int F_DUPFD_CLOEXEC = 0x406;
    public static final int F_SETPIPE_SZ = 0x407;
    public static final int F_GETPIPE_SZ = 0x408;
    public static final int F_ADD_SEALS = 0x409;
    public static final int F_GET_SEALS = 0x40a;
    public static final int F_GET_RW_HINT = 0x40b;
    public static final int F_SET_RW_HINT = 0x40c;
    public static final int F_GET_FILE_RW_HINT = 0x40d;
    public static final int F_SET_FILE_RW_HINT = 0x40e;

    public static final int FALLOC_FL_KEEP_SIZE = 0x1;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x2;
    public static final int FALLOC_FL_NO_HIDE_STALE = 0x4;
    public static final int FALLOC_FL_COLLAPSE_RANGE = 0x8;
    public static final int FALLOC_FL_ZERO_RANGE = 0x10;
    public static final int FALLOC_FL_INSERT_RANGE = 0x20;
    public static final int FALLOC_FL_UNSHARE_RANGE = 0x40;

    public static final int FD_CLOEXEC = 0x1;

    public static final int LOCK_SH = 0x1;
    public static final int LOCK_EX = 0x2;
    public static final int LOCK_NB = 0x4;
    public static final int LOCK_UN = 0x8;
    public static final int LOCK_MAND = 0x20;
    public static final int LOCK_READ = 0x40;
    public static final int LOCK_WRITE = 0x80;
    public static final int LOCK_RW = 0xc0;

    public static final int O_RDONLY = 0x0;
    public static final int O_WRONLY = 0x1;
    public static final int O_RDWR = 0x2;
    public static final int O_ACCMODE = 0x3;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NOCTTY = 0x100;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NDELAY = 0x800;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_DSYNC = 0x1000;
    public static final int O_DIRECT = 0x4000;
    public static final int O_DIRECTORY = 0x10000;
    public static final int O_NOFOLLOW = 0x20000;
    public static final int O_NOATIME = 0x40000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_SYNC = 0x101000;
    public static final int O_PATH = 0x200000;
    public static final int O_TMPFILE = 0x410000;

    public static final int POSIX_FADV_NORMAL = 0x0;
    public static final int POSIX_FADV_RANDOM = 0x1;
    public static final int POSIX_FADV_SEQUENTIAL = 0x2;
    public static final int POSIX_FADV_WILLNEED = 0x3;
    public static final int POSIX_FADV_DONTNEED = 0x4;
    public static final int POSIX_FADV_NOREUSE = 0x5;

    public static final int R_OK = 0x4;

    public static final int RENAME_NOREPLACE = 0x1;
    public static final int RENAME_EXCHANGE = 0x2;
    public static final int RENAME_WHITEOUT = 0x4;

    public static final int RESOLVE_NO_XDEV = 0x1;
    public static final int RESOLVE_NO_MAGICLINKS = 0x2;
    public static final int RESOLVE_NO_SYMLINKS = 0x4;
    public static final int RESOLVE_BENEATH = 0x8;
    public static final int RESOLVE_IN_ROOT = 0x10;
    public static final int RESOLVE_CACHED = 0x20;

    public static final int RWF_WRITE_LIFE_NOT_SET = 0x0;
    public static final int RWF_HIPRI = 0x1;
    public static final int RWF_DSYNC = 0x2;
    public static final int RWF_SYNC = 0x4;
    public static final int RWF_NOWAIT = 0x8;
    public static final int RWF_APPEND = 0x10;
    public static final int RWF_SUPPORTED = 0x1f;
    public static final int RWF_NOAPPEND = 0x20;

    public static final int SEEK_SET = 0x0;
    public static final int SEEK_CUR = 0x1;
    public static final int SEEK_END = 0x2;
    public static final int SEEK_DATA = 0x3;
    public static final int SEEK_HOLE = 0x4;
    public static final int SEEK_MAX = 0x4;

    public static final int SPLICE_F_MOVE = 0x1;
    public static final int SPLICE_F_NONBLOCK = 0x2;
    public static final int SPLICE_F_MORE = 0x4;
    public static final int SPLICE_F_GIFT = 0x8;

    public static final int SYNC_FILE_RANGE_WAIT_BEFORE = 0x1;
    public static final int SYNC_FILE_RANGE_WRITE = 0x2;
    public static final int SYNC_FILE_RANGE_WAIT_AFTER = 0x4;
    public static final int SYNC_FILE_RANGE_WRITE_AND_WAIT = 0x7;

    public static final int W_OK = 0x2;

    public static final int X_OK = 0x1;
}
