package stasis.net.wire;

/**
 * Neighbour discovery, RFC 4861 4: after the header that all ICMP messages share.
 *
 * <pre>
 * solicitation, advertisement of a neighbour     advertisement of a router
 *  4   4  flags: R S O in the upper bits          4  1  hop limit
 *  8  16  target                                  5  1  flags
 * 24      options                                 6  2  lifetime in seconds; 0: no default router
 *                                                 8  8  reachable time, retransmission timer
 *                                                16     options
 *
 * option: 1 type, 1 length in units of 8
 *   1  source's link address    2  target's link address
 *   3  prefix: 2: length, 3: flags L A, 4: valid, 8: preferred lifetime, 16: the prefix
 * </pre>
 */
public final class NdpMessage {
    public static final int TARGET_END = 24;
    public static final int ROUTER_END = 16;
    public static final int SOLICITATION_END = 8;
    public static final int LINK_OPTION_LENGTH = 8;
    public static final int SOURCE_LINK = 1;
    public static final int TARGET_LINK = 2;
    public static final int PREFIX = 3;
    public static final int SOLICITED = 0x4000_0000;
    public static final int OVERRIDE = 0x2000_0000;
    private static final int PREFIX_LENGTH = 32;

    private NdpMessage() {}

    public static long targetHigh(byte[] b, int at) {
        return Bytes.i64(b, at + 8);
    }

    public static long targetLow(byte[] b, int at) {
        return Bytes.i64(b, at + 16);
    }

    public static void putTarget(byte[] b, int at, long high, long low) {
        Bytes.put64(b, at + 8, high);
        Bytes.put64(b, at + 16, low);
    }

    public static int routerLifetime(byte[] b, int at) {
        return Bytes.u16(b, at + 6);
    }

    public static void putLinkOption(byte[] b, int at, int type, long link) {
        Bytes.put16(b, at, type << 8 | 1);
        Bytes.put48(b, at + 2, link);
    }

    /** Where the first option of that type stands from {@code at} on; -1: nowhere, or not whole. */
    public static int find(byte[] b, int at, int end, int type) {
        while (end - at >= 8) {
            int length = 8 * Bytes.u8(b, at + 1);
            if (length == 0 || length > end - at) return -1;
            boolean long1 = type != PREFIX || length >= PREFIX_LENGTH;
            if (Bytes.u8(b, at) == type && long1) return at;
            at += length;
        }
        return -1;
    }

    public static int optionEnd(byte[] b, int at) {
        return at + 8 * Bytes.u8(b, at + 1);
    }

    public static long link(byte[] b, int option) {
        return Bytes.u48(b, option + 2);
    }

    public static int prefixLength(byte[] b, int option) {
        return Bytes.u8(b, option + 2);
    }

    /** A host may make an address of the prefix, RFC 4862 5.5.3. */
    public static boolean isAutonomous(byte[] b, int option) {
        return (Bytes.u8(b, option + 3) & 0x40) != 0;
    }

    public static int validSeconds(byte[] b, int option) {
        return Bytes.i32(b, option + 4);
    }

    public static long prefixHigh(byte[] b, int option) {
        return Bytes.i64(b, option + 16);
    }
}
