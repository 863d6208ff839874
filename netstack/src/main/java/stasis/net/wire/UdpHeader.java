package stasis.net.wire;

/**
 * A UDP header, RFC 768.
 *
 * <pre>
 * offset  size  field
 *      0     2  source port
 *      2     2  destination port
 *      4     2  length, header included
 *      6     2  checksum; 0: none (IPv4 only)
 *      8        length
 * </pre>
 */
public final class UdpHeader {
    public static final int LENGTH = 8;

    private UdpHeader() {}

    public static boolean isValid(byte[] b, int start, int end) {
        if (end - start < LENGTH) return false;
        int length = length(b, start);
        return length >= LENGTH && length <= end - start;
    }

    public static int sourcePort(byte[] b, int at) {
        return Bytes.u16(b, at);
    }

    public static int destinationPort(byte[] b, int at) {
        return Bytes.u16(b, at + 2);
    }

    public static int length(byte[] b, int at) {
        return Bytes.u16(b, at + 4);
    }

    public static int checksum(byte[] b, int at) {
        return Bytes.u16(b, at + 6);
    }

    /** With the checksum field 0. */
    public static void write(byte[] b, int at, int sourcePort, int destinationPort, int length) {
        Bytes.put16(b, at, sourcePort);
        Bytes.put16(b, at + 2, destinationPort);
        Bytes.put16(b, at + 4, length);
        Bytes.put16(b, at + 6, 0);
    }

    /** RFC 768: a computed 0 is sent as all ones, for 0 means none. */
    public static void putChecksum(byte[] b, int at, int checksum) {
        Bytes.put16(b, at + 6, checksum == 0 ? 0xffff : checksum);
    }
}
