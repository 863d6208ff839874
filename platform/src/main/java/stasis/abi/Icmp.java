package stasis.abi;

/** {@code linux/icmp.h}. */
public final class Icmp {
    private Icmp() {}

    public static final int ICMP_FILTER = 0x1;
    public static final int SOL_RAW = 0xff;
    public static final int ICMP_ECHO = 0x8;
    public static final int ICMP_ECHOREPLY = 0x0;
    public static final int ICMP6_ECHO_REQUEST = 0x80;
    public static final int ICMP6_ECHO_REPLY = 0x81;
}
