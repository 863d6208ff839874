package stasis.gofer.protocol;

/** Numbers of 9P2000.L. */
public final class P9 {
    public static final String VERSION = "9P2000.L";

    /**
     * Our extension, asked for by the client and answered with the same or with {@link #VERSION}:
     * the reply to a Tlopen of a regular file comes with the open file itself, SCM_RIGHTS.
     */
    public static final String VERSION_WITH_FDS = "9P2000.L.stasis1";

    /** Largest message that either side of ours sends. */
    public static final int MSIZE = 256 << 10;

    /** size[4] type[1] tag[2]. */
    public static final int HEADER = 7;

    public static final int NOTAG = 0xffff;
    public static final int NOFID = -1;
    public static final int MAX_WALK = 16;

    /** Bytes of Rread and Rreaddir around their data. */
    public static final int IO_HEADER = HEADER + 4;

    public static final int RLERROR = 7;
    public static final int TSTATFS = 8;
    public static final int TLOPEN = 12;
    public static final int TLCREATE = 14;
    public static final int TSYMLINK = 16;
    public static final int TMKNOD = 18;
    public static final int TRENAME = 20;
    public static final int TREADLINK = 22;
    public static final int TGETATTR = 24;
    public static final int TSETATTR = 26;
    public static final int TREADDIR = 40;
    public static final int TFSYNC = 50;
    public static final int TLINK = 70;
    public static final int TMKDIR = 72;
    public static final int TRENAMEAT = 74;
    public static final int TUNLINKAT = 76;
    public static final int TVERSION = 100;
    public static final int TAUTH = 102;
    public static final int TATTACH = 104;
    public static final int TFLUSH = 108;
    public static final int TWALK = 110;
    public static final int TREAD = 116;
    public static final int TWRITE = 118;
    public static final int TCLUNK = 120;
    public static final int TREMOVE = 122;

    /** Everything a getattr can tell but generation and data version. */
    public static final long GETATTR_ALL = 0x3fff;

    public static final int SETATTR_MODE = 0x1;
    public static final int SETATTR_UID = 0x2;
    public static final int SETATTR_GID = 0x4;
    public static final int SETATTR_SIZE = 0x8;
    public static final int SETATTR_ATIME = 0x10;
    public static final int SETATTR_MTIME = 0x20;
    public static final int SETATTR_ATIME_SET = 0x80;
    public static final int SETATTR_MTIME_SET = 0x100;

    public static final int QTDIR = 0x80;
    public static final int QTSYMLINK = 0x02;

    private P9() {}
}
