package stasis.abi;

/** {@code include/uapi/linux/timerfd.h}. */
public final class Timerfd {
    private Timerfd() {}

    public static final int TFD_TIMER_ABSTIME = 0x1;
    public static final int TFD_TIMER_CANCEL_ON_SET = 0x2;
    public static final int TFD_NONBLOCK = 0x800;
    public static final int TFD_CLOEXEC = 0x80000;
}
