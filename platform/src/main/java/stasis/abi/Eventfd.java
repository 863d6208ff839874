package stasis.abi;

/** {@code include/uapi/linux/eventfd.h}. */
public final class Eventfd {
    private Eventfd() {}

    public static final int EFD_SEMAPHORE = 0x1;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int EFD_CLOEXEC = 0x80000;
}
