package stasis.abi;

/** {@code include/uapi/linux/signalfd.h}. */
public final class Signalfd {
    private Signalfd() {}

    public static final int SFD_NONBLOCK = 0x800;
    public static final int SFD_CLOEXEC = 0x80000;
}
