package stasis.abi;

/** {@code linux/errqueue.h}. */
public final class Errqueue {
    private Errqueue() {}

    public static final int SO_EE_ORIGIN_NONE = 0x0;
    public static final int SO_EE_ORIGIN_LOCAL = 0x1;
    public static final int SO_EE_ORIGIN_ICMP = 0x2;
    public static final int SO_EE_ORIGIN_ICMP6 = 0x3;
    public static final int SO_EE_ORIGIN_TXSTATUS = 0x4;
}
