package stasis.net.wire;

/**
 * An IPv6 header, RFC 8200 3.
 *
 * <pre>
 * offset  size  field
 *      0     4  version 6, traffic class, flow label
 *      4     2  payload length
 *      6     1  next header
 *      7     1  hop limit
 *      8    16  source
 *     24    16  destination
 *     40        length
 * </pre>
 */
public final class Ipv6Header {
    public static final int LENGTH = 40;

    /** RFC 8200 5: every link carries that much. */
    public static final int MIN_MTU = 1280;

    private Ipv6Header() {}

    public static boolean isValid(byte[] b, int start, int end) {
        return end - start >= LENGTH
                && Bytes.u8(b, start) >>> 4 == 6
                && payloadLength(b, start) <= end - start - LENGTH;
    }

    public static int trafficClass(byte[] b, int at) {
        return Bytes.i32(b, at) >>> 20 & 0xff;
    }

    public static int payloadLength(byte[] b, int at) {
        return Bytes.u16(b, at + 4);
    }

    public static int nextHeader(byte[] b, int at) {
        return Bytes.u8(b, at + 6);
    }

    public static int hopLimit(byte[] b, int at) {
        return Bytes.u8(b, at + 7);
    }

    public static long sourceHigh(byte[] b, int at) {
        return Bytes.i64(b, at + 8);
    }

    public static long sourceLow(byte[] b, int at) {
        return Bytes.i64(b, at + 16);
    }

    public static long destinationHigh(byte[] b, int at) {
        return Bytes.i64(b, at + 24);
    }

    public static long destinationLow(byte[] b, int at) {
        return Bytes.i64(b, at + 32);
    }

    /** All but the addresses. */
    public static void write(
            byte[] b, int at, int payloadLength, int trafficClass, int nextHeader, int hopLimit) {
        Bytes.put32(b, at, 6 << 28 | trafficClass << 20);
        Bytes.put16(b, at + 4, payloadLength);
        Bytes.put16(b, at + 6, nextHeader << 8 | hopLimit);
    }

    public static void writeAddresses(
            byte[] b,
            int at,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        Bytes.put64(b, at + 8, sourceHigh);
        Bytes.put64(b, at + 16, sourceLow);
        Bytes.put64(b, at + 24, destinationHigh);
        Bytes.put64(b, at + 32, destinationLow);
    }
}
