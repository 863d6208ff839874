package stasis.abi;

/**
 * Device numbers as stat(2) and mknod(2) pass them, {@code include/linux/kdev_t.h} new_encode_dev:
 * minor bits 0-7, major bits 8-19, minor bits 8-19 in 20-31.
 */
public final class DeviceNumber {
    private DeviceNumber() {}

    public static long of(int major, int minor) {
        return (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & 0xfff00L) << 12);
    }

    public static int major(long dev) {
        return (int) (dev >> 8) & 0xfff;
    }

    public static int minor(long dev) {
        return (int) (dev & 0xff) | ((int) (dev >> 12) & 0xfff00);
    }
}
