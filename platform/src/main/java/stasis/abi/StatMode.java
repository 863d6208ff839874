package stasis.abi;

/** {@code include/uapi/linux/stat.h}. */
public final class StatMode {
    private StatMode() {}

    public static final int S_IXOTH = 0x1;
    public static final int S_IWOTH = 0x2;
    public static final int S_IROTH = 0x4;
    public static final int S_IRWXO = 0x7;
    public static final int S_IXGRP = 0x8;
    public static final int S_IWGRP = 0x10;
    public static final int S_IRGRP = 0x20;
    public static final int S_IRWXG = 0x38;
    public static final int S_IEXEC = 0x40;
    public static final int S_IXUSR = 0x40;
    public static final int S_IWRITE = 0x80;
    public static final int S_IWUSR = 0x80;
    public static final int S_IREAD = 0x100;
    public static final int S_IRUSR = 0x100;
    public static final int S_IRWXU = 0x1c0;
    public static final int S_ISVTX = 0x200;
    public static final int S_ISGID = 0x400;
    public static final int S_ISUID = 0x800;
    public static final int S_IFIFO = 0x1000;
    public static final int S_IFCHR = 0x2000;
    public static final int S_IFDIR = 0x4000;
    public static final int S_IFBLK = 0x6000;
    public static final int S_IFREG = 0x8000;
    public static final int S_IFLNK = 0xa000;
    public static final int S_IFSOCK = 0xc000;
    public static final int S_IFMT = 0xf000;

    public static final int STATX_TYPE = 0x1;
    public static final int STATX_MODE = 0x2;
    public static final int STATX_ATTR_COMPRESSED = 0x4;
    public static final int STATX_NLINK = 0x4;
    public static final int STATX_UID = 0x8;
    public static final int STATX_ATTR_IMMUTABLE = 0x10;
    public static final int STATX_GID = 0x10;
    public static final int STATX_ATIME = 0x20;
    public static final int STATX_ATTR_APPEND = 0x20;
    public static final int STATX_ATTR_NODUMP = 0x40;
    public static final int STATX_MTIME = 0x40;
    public static final int STATX_CTIME = 0x80;
    public static final int STATX_INO = 0x100;
    public static final int STATX_SIZE = 0x200;
    public static final int STATX_BLOCKS = 0x400;
    public static final int STATX_BASIC_STATS = 0x7ff;
    public static final int STATX_ATTR_ENCRYPTED = 0x800;
    public static final int STATX_BTIME = 0x800;
    public static final int STATX_ALL = 0xfff;
    public static final int STATX_ATTR_AUTOMOUNT = 0x1000;
    public static final int STATX_MNT_ID = 0x1000;
    public static final int STATX_ATTR_MOUNT_ROOT = 0x2000;
    public static final int STATX_DIOALIGN = 0x2000;
    public static final int STATX_ATTR_VERITY = 0x100000;
    public static final int STATX_ATTR_DAX = 0x200000;
}
