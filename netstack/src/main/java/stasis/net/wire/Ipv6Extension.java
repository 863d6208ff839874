package stasis.net.wire;

/**
 * Extension headers of IPv6, RFC 8200 4.
 *
 * <pre>
 * offset  size  hop-by-hop, destination options, routing     fragment
 *      0     1  next header                                  next header
 *      1     1  length in units of 8, beyond the first 8     reserved
 *      2        options; routing: type, segments left        2: offset in units of 8, 1: more
 *      4                                                     4: identification
 *      8                                                     length
 * </pre>
 */
public final class Ipv6Extension {
    public static final int FRAGMENT_LENGTH = 8;
    private static final int MORE = 1;

    private Ipv6Extension() {}

    /** Whether at least the first 8 bytes, and all that they announce, are there. */
    public static boolean isValid(byte[] b, int start, int end) {
        return end - start >= 8 && length(b, start) <= end - start;
    }

    public static boolean isValidFragment(int start, int end) {
        return end - start >= FRAGMENT_LENGTH;
    }

    public static int nextHeader(byte[] b, int at) {
        return Bytes.u8(b, at);
    }

    public static int length(byte[] b, int at) {
        return 8 + 8 * Bytes.u8(b, at + 1);
    }

    public static int segmentsLeft(byte[] b, int at) {
        return Bytes.u8(b, at + 3);
    }

    /** In bytes. */
    public static int fragmentOffset(byte[] b, int at) {
        return Bytes.u16(b, at + 2) & ~7;
    }

    public static boolean moreFragments(byte[] b, int at) {
        return (Bytes.u16(b, at + 2) & MORE) != 0;
    }

    public static int identification(byte[] b, int at) {
        return Bytes.i32(b, at + 4);
    }

    public static void writeFragment(
            byte[] b, int at, int nextHeader, int offset, boolean more, int identification) {
        Bytes.put16(b, at, nextHeader << 8);
        Bytes.put16(b, at + 2, offset | (more ? MORE : 0));
        Bytes.put32(b, at + 4, identification);
    }

    /**
     * Whether all options of a hop-by-hop or destination options header may be skipped, RFC 8200
     * 4.2: of those we do not know, that is all, the upper two bits of the type are 0.
     */
    public static boolean mayBeSkipped(byte[] b, int start) {
        int end = start + length(b, start);
        int at = start + 2;
        while (at < end) {
            int type = Bytes.u8(b, at);
            if (type == 0) {
                at++;
                continue;
            }
            if (type >>> 6 != 0 || at + 2 > end) return false;
            at += 2 + Bytes.u8(b, at + 1);
        }
        return at == end;
    }
}
