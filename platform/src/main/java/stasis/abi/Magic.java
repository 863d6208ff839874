package stasis.abi;

/** {@code include/uapi/linux/magic.h}. */
public final class Magic {
    private Magic() {}

    public static final int ANON_INODE_FS_MAGIC = 0x9041934;

    public static final int CGROUP_SUPER_MAGIC = 0x27e0eb;

    public static final int CGROUP2_SUPER_MAGIC = 0x63677270;

    public static final int DEVPTS_SUPER_MAGIC = 0x1cd1;

    public static final int EXT4_SUPER_MAGIC = 0xef53;

    public static final int OVERLAYFS_SUPER_MAGIC = 0x794c7630;

    public static final int PIPEFS_MAGIC = 0x50495045;

    public static final int PROC_SUPER_MAGIC = 0x9fa0;

    public static final int SOCKFS_MAGIC = 0x534f434b;

    public static final int SYSFS_MAGIC = 0x62656572;

    public static final int TMPFS_MAGIC = 0x1021994;

    public static final int V9FS_MAGIC = 0x1021997;
}
