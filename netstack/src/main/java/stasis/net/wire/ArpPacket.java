package stasis.net.wire;

/**
 * An ARP packet for IPv4 over Ethernet, RFC 826.
 *
 * <pre>
 * offset  size  field
 *      0     2  hardware type: 1
 *      2     2  protocol type: 0x0800
 *      4     1  hardware length: 6
 *      5     1  protocol length: 4
 *      6     2  operation: 1 request, 2 reply
 *      8     6  sender's link address
 *     14     4  sender's protocol address
 *     18     6  target's link address
 *     24     4  target's protocol address
 *     28        length
 * </pre>
 */
public final class ArpPacket {
    public static final int LENGTH = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    /** Hardware type, protocol type and both lengths. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    private ArpPacket() {}

    public static boolean isValid(byte[] b, int start, int end) {
        return end - start >= LENGTH && Bytes.u48(b, start) == ETHERNET_IPV4;
    }

    public static int operation(byte[] b, int at) {
        return Bytes.u16(b, at + 6);
    }

    public static long senderLink(byte[] b, int at) {
        return Bytes.u48(b, at + 8);
    }

    public static int sender(byte[] b, int at) {
        return Bytes.i32(b, at + 14);
    }

    public static int target(byte[] b, int at) {
        return Bytes.i32(b, at + 24);
    }

    public static void write(
            byte[] b,
            int at,
            int operation,
            long senderLink,
            int sender,
            long targetLink,
            int target) {
        Bytes.put48(b, at, ETHERNET_IPV4);
        Bytes.put16(b, at + 6, operation);
        Bytes.put48(b, at + 8, senderLink);
        Bytes.put32(b, at + 14, sender);
        Bytes.put48(b, at + 18, targetLink);
        Bytes.put32(b, at + 24, target);
    }
}
