package stasis.net.wire;

/**
 * The header that all ICMP messages share, RFC 792 and RFC 4443 2.1.
 *
 * <pre>
 * offset  size  field
 *      0     1  type
 *      1     1  code
 *      2     2  checksum
 *      4     4  by type: identifier and sequence number; MTU; pointer
 *      8        quoted packet, or the data of an echo
 * </pre>
 */
public final class IcmpHeader {
    public static final int LENGTH = 8;

    public static final int V4_ECHO_REPLY = 0;
    public static final int V4_UNREACHABLE = 3;
    public static final int V4_ECHO = 8;
    public static final int V4_TIME_EXCEEDED = 11;
    public static final int V4_PARAMETER_PROBLEM = 12;

    public static final int V4_NET = 0;
    public static final int V4_HOST = 1;
    public static final int V4_PROTOCOL = 2;
    public static final int V4_PORT = 3;
    public static final int V4_FRAGMENTATION_NEEDED = 4;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_PARAMETER_PROBLEM = 4;
    public static final int V6_ECHO = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int V6_ROUTER_SOLICITATION = 133;
    public static final int V6_ROUTER_ADVERTISEMENT = 134;
    public static final int V6_NEIGHBOR_SOLICITATION = 135;
    public static final int V6_NEIGHBOR_ADVERTISEMENT = 136;

    /** Codes of {@link #V6_UNREACHABLE}. */
    public static final int V6_ADDRESS = 3;

    public static final int V6_PORT = 4;

    private IcmpHeader() {}

    public static boolean isValid(int start, int end) {
        return end - start >= LENGTH;
    }

    public static int type(byte[] b, int at) {
        return Bytes.u8(b, at);
    }

    public static int code(byte[] b, int at) {
        return Bytes.u8(b, at + 1);
    }

    /** The word whose meaning depends on the type. */
    public static int rest(byte[] b, int at) {
        return Bytes.i32(b, at + 4);
    }

    /** With the checksum field 0. */
    public static void write(byte[] b, int at, int type, int code, int rest) {
        Bytes.put16(b, at, type << 8 | code);
        Bytes.put16(b, at + 2, 0);
        Bytes.put32(b, at + 4, rest);
    }

    public static void putChecksum(byte[] b, int at, int checksum) {
        Bytes.put16(b, at + 2, checksum);
    }
}
