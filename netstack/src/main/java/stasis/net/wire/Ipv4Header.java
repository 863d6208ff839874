package stasis.net.wire;

/**
 * An IPv4 header, RFC 791 3.1.
 *
 * <pre>
 * offset  size  field
 *      0     1  version 4, header length in words
 *      1     1  type of service: DSCP, ECN
 *      2     2  total length
 *      4     2  identification
 *      6     2  flags: 0x4000 don't fragment, 0x2000 more fragments; offset in units of 8
 *      8     1  time to live
 *      9     1  protocol
 *     10     2  checksum of the header
 *     12     4  source
 *     16     4  destination
 *     20        options, up to 40 bytes
 * </pre>
 */
public final class Ipv4Header {
    public static final int LENGTH = 20;
    public static final int MAX_PACKET = 0xffff;
    public static final int DONT_FRAGMENT = 0x4000;
    public static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET_MASK = 0x1fff;

    private Ipv4Header() {}

    /** Lengths and version fit the packet start..end; bytes after the total length are padding. */
    public static boolean isValid(byte[] b, int start, int end) {
        if (end - start < LENGTH || Bytes.u8(b, start) >>> 4 != 4) return false;
        int header = headerLength(b, start);
        int total = totalLength(b, start);
        return header >= LENGTH && header <= total && total <= end - start;
    }

    public static boolean hasValidChecksum(byte[] b, int at) {
        return Checksum.isValid(b, at, at + headerLength(b, at));
    }

    public static int headerLength(byte[] b, int at) {
        return (b[at] & 0xf) * 4;
    }

    public static int tos(byte[] b, int at) {
        return Bytes.u8(b, at + 1);
    }

    public static int totalLength(byte[] b, int at) {
        return Bytes.u16(b, at + 2);
    }

    public static int identification(byte[] b, int at) {
        return Bytes.u16(b, at + 4);
    }

    public static boolean dontFragment(byte[] b, int at) {
        return (Bytes.u16(b, at + 6) & DONT_FRAGMENT) != 0;
    }

    public static boolean moreFragments(byte[] b, int at) {
        return (Bytes.u16(b, at + 6) & MORE_FRAGMENTS) != 0;
    }

    /** In bytes. */
    public static int fragmentOffset(byte[] b, int at) {
        return (Bytes.u16(b, at + 6) & OFFSET_MASK) * 8;
    }

    public static boolean isFragment(byte[] b, int at) {
        return (Bytes.u16(b, at + 6) & (MORE_FRAGMENTS | OFFSET_MASK)) != 0;
    }

    public static int ttl(byte[] b, int at) {
        return Bytes.u8(b, at + 8);
    }

    public static int protocol(byte[] b, int at) {
        return Bytes.u8(b, at + 9);
    }

    public static int source(byte[] b, int at) {
        return Bytes.i32(b, at + 12);
    }

    public static int destination(byte[] b, int at) {
        return Bytes.i32(b, at + 16);
    }

    /** A header without options; {@code fragment} is the whole word of flags and offset. */
    public static void write(
            byte[] b,
            int at,
            int totalLength,
            int tos,
            int identification,
            int fragment,
            int ttl,
            int protocol,
            int source,
            int destination) {
        Bytes.put16(b, at, 0x4500 | tos);
        Bytes.put16(b, at + 2, totalLength);
        Bytes.put16(b, at + 4, identification);
        Bytes.put16(b, at + 6, fragment);
        Bytes.put16(b, at + 8, ttl << 8 | protocol);
        Bytes.put16(b, at + 10, 0);
        Bytes.put32(b, at + 12, source);
        Bytes.put32(b, at + 16, destination);
        Bytes.put16(b, at + 10, Checksum.of(b, at, at + LENGTH));
    }

    /** Of a packet put together from fragments: its length, no flags, no offset. */
    public static void becomeWhole(byte[] b, int at, int totalLength) {
        Bytes.put16(b, at + 2, totalLength);
        Bytes.put16(b, at + 6, 0);
        Bytes.put16(b, at + 10, 0);
        Bytes.put16(b, at + 10, Checksum.of(b, at, at + headerLength(b, at)));
    }
}
