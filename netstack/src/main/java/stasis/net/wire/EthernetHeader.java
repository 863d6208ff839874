package stasis.net.wire;

/**
 * An Ethernet II header.
 *
 * <pre>
 * offset  size  field
 *      0     6  destination
 *      6     6  source
 *     12     2  type
 *     14        length
 * </pre>
 *
 * Link addresses are longs: the first byte is the highest of six.
 */
public final class EthernetHeader {
    public static final int LENGTH = 14;
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86dd;
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private EthernetHeader() {}

    public static boolean isValid(int start, int end) {
        return end - start >= LENGTH;
    }

    public static long destination(byte[] b, int at) {
        return Bytes.u48(b, at);
    }

    public static long source(byte[] b, int at) {
        return Bytes.u48(b, at + 6);
    }

    public static int type(byte[] b, int at) {
        return Bytes.u16(b, at + 12);
    }

    /** The lowest bit of the first byte: for a group of stations. */
    public static boolean isGroup(long address) {
        return (address >>> 40 & 1) != 0;
    }

    public static void write(byte[] b, int at, long destination, long source, int type) {
        Bytes.put48(b, at, destination);
        Bytes.put48(b, at + 6, source);
        Bytes.put16(b, at + 12, type);
    }

    /** RFC 1112 6.4: 01-00-5e and the lower 23 bits. */
    public static long ofMulticastV4(int group) {
        return 0x0100_5e00_0000L | (group & 0x7f_ffff);
    }

    /** RFC 2464 7: 33-33 and the lower 32 bits. */
    public static long ofMulticastV6(long low) {
        return 0x3333_0000_0000L | (low & 0xffff_ffffL);
    }
}
