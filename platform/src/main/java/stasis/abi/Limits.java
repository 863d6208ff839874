package stasis.abi;

/** {@code include/uapi/linux/limits.h}. */
public final class Limits {
    private Limits() {}

    public static final int ARG_MAX = 0x20000;

    public static final int NAME_MAX = 0xff;

    public static final int NGROUPS_MAX = 0x10000;

    public static final int PATH_MAX = 0x1000;

    public static final int PIPE_BUF = 0x1000;

    public static final int XATTR_NAME_MAX = 0xff;
    public static final int XATTR_SIZE_MAX = 0x10000;
}
