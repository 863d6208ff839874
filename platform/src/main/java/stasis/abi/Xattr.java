package stasis.abi;

/** {@code include/uapi/linux/xattr.h}. */
public final class Xattr {
    private Xattr() {}

    public static final int XATTR_CREATE = 0x1;
    public static final int XATTR_REPLACE = 0x2;
}
