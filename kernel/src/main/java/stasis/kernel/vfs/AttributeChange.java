package stasis.kernel.vfs;

/**
 * Attributes to set in one step; see {@code setattr_prepare} in {@code fs/attr.c}. Who may do so is
 * decided before ({@link AttributeRules}).
 *
 * @param what which of the following count
 * @param mode permissions without the type
 * @param now becomes ctime
 */
public record AttributeChange(
        int what, int mode, int uid, int gid, long size, long atime, long mtime, long now) {
    public static final int MODE = 1;
    public static final int UID = 2;
    public static final int GID = 4;
    public static final int SIZE = 8;
    public static final int ATIME = 16;
    public static final int MTIME = 32;

    /** Nothing yet, at {@code now}. */
    public static AttributeChange at(long now) {
        return new AttributeChange(0, 0, 0, 0, 0, 0, 0, now);
    }

    public boolean has(int bit) {
        return (what & bit) != 0;
    }

    public AttributeChange withMode(int newMode) {
        return new AttributeChange(what | MODE, newMode, uid, gid, size, atime, mtime, now);
    }

    public AttributeChange withUid(int newUid) {
        return new AttributeChange(what | UID, mode, newUid, gid, size, atime, mtime, now);
    }

    public AttributeChange withGid(int newGid) {
        return new AttributeChange(what | GID, mode, uid, newGid, size, atime, mtime, now);
    }

    public AttributeChange withSize(long newSize) {
        return new AttributeChange(what | SIZE, mode, uid, gid, newSize, atime, mtime, now);
    }

    public AttributeChange withAtime(long nanos) {
        return new AttributeChange(what | ATIME, mode, uid, gid, size, nanos, mtime, now);
    }

    public AttributeChange withMtime(long nanos) {
        return new AttributeChange(what | MTIME, mode, uid, gid, size, atime, nanos, now);
    }
}
