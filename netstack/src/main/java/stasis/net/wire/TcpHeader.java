package stasis.net.wire;

/**
 * A TCP header, RFC 9293 3.1.
 *
 * <pre>
 * offset  size  field
 *      0     2  source port
 *      2     2  destination port
 *      4     4  sequence number
 *      8     4  acknowledgment number
 *     12     1  data offset in words (upper 4 bits)
 *     13     1  flags: CWR ECE URG ACK PSH RST SYN FIN
 *     14     2  window
 *     16     2  checksum
 *     18     2  urgent pointer
 *     20        options, up to 40 bytes
 * </pre>
 */
public final class TcpHeader {
    public static final int LENGTH = 20;
    public static final int MAX_LENGTH = 60;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;

    private TcpHeader() {}

    public static boolean isValid(byte[] b, int start, int end) {
        if (end - start < LENGTH) return false;
        int header = headerLength(b, start);
        return header >= LENGTH && header <= end - start;
    }

    public static int sourcePort(byte[] b, int at) {
        return Bytes.u16(b, at);
    }

    public static int destinationPort(byte[] b, int at) {
        return Bytes.u16(b, at + 2);
    }

    public static int seq(byte[] b, int at) {
        return Bytes.i32(b, at + 4);
    }

    public static int ack(byte[] b, int at) {
        return Bytes.i32(b, at + 8);
    }

    public static int headerLength(byte[] b, int at) {
        return (b[at + 12] >>> 4 & 0xf) * 4;
    }

    public static int flags(byte[] b, int at) {
        return Bytes.u8(b, at + 13);
    }

    public static int window(byte[] b, int at) {
        return Bytes.u16(b, at + 14);
    }

    public static int urgentPointer(byte[] b, int at) {
        return Bytes.u16(b, at + 18);
    }

    public static void writePorts(byte[] b, int at, int source, int destination) {
        Bytes.put16(b, at, source);
        Bytes.put16(b, at + 2, destination);
    }

    /** All but the ports and options, with the checksum field 0. */
    public static void write(
            byte[] b, int at, int seq, int ack, int headerLength, int flags, int window, int urg) {
        Bytes.put32(b, at + 4, seq);
        Bytes.put32(b, at + 8, ack);
        Bytes.put16(b, at + 12, headerLength / 4 << 12 | flags);
        Bytes.put16(b, at + 14, window);
        Bytes.put16(b, at + 16, 0);
        Bytes.put16(b, at + 18, urg);
    }

    public static void putChecksum(byte[] b, int at, int checksum) {
        Bytes.put16(b, at + 16, checksum);
    }
}
