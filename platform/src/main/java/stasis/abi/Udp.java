package stasis.abi;

/** {@code netinet/udp.h}. */
public final class Udp {
    private Udp() {}

    public static final int UDP_CORK = 0x1;
    public static final int UDP_ENCAP = 0x64;
    public static final int UDP_NO_CHECK6_TX = 0x65;
    public static final int UDP_NO_CHECK6_RX = 0x66;
    public static final int UDP_SEGMENT = 0x67;
    public static final int UDP_GRO = 0x68;
}
