package stasis.net.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The Internet checksum, RFC 1071: the complement of the sum of all 16-bit words, carries added
 * again. A <em>partial sum</em> is a sum not yet complemented, below 2^16; partial sums are added
 * with {@link #plus}.
 */
public final class Checksum {
    /**
     * Words are added in the order of this machine, four at a time: the sum comes out in that
     * order, whichever it is (RFC 1071 2.B).
     */
    private static final VarHandle NATIVE =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /** What stands in the header, for the bytes from..to whose checksum field is 0. */
    public static int of(byte[] b, int from, int to) {
        return complement(partial(b, from, to));
    }

    /** Whether the bytes, their checksum among them, add up. */
    public static boolean isValid(byte[] b, int from, int to) {
        return partial(b, from, to) == 0xffff;
    }

    public static int complement(int partial) {
        return ~partial & 0xffff;
    }

    public static int plus(int a, int b) {
        int sum = a + b;
        return (sum & 0xffff) + (sum >>> 16);
    }

    /** The partial sum of a 32-bit number. */
    public static int of32(int value) {
        return plus(value >>> 16, value & 0xffff);
    }

    /** The partial sum of a 64-bit number. */
    public static int of64(long value) {
        return plus(of32((int) (value >>> 32)), of32((int) value));
    }

    /** Of the bytes from..to; an odd one at the end is padded with 0. */
    public static int partial(byte[] b, int from, int to) {
        long sum = 0;
        int at = from;
        for (; at + 32 <= to; at += 32) sum += halves(b, at) + halves(b, at + 8) + halves2(b, at);
        for (; at + 8 <= to; at += 8) sum += halves(b, at);
        int folded = fold(sum);
        if (SWAPPED) folded = (folded & 0xff) << 8 | folded >>> 8;
        return tail(b, at, to, folded);
    }

    private static long halves(byte[] b, int at) {
        long word = (long) NATIVE.get(b, at);
        return (word & 0xffffffffL) + (word >>> 32);
    }

    private static long halves2(byte[] b, int at) {
        return halves(b, at + 16) + halves(b, at + 24);
    }

    private static int tail(byte[] b, int from, int to, int sum) {
        int at = from;
        for (; at + 2 <= to; at += 2) sum = plus(sum, Bytes.u16(b, at));
        return at < to ? plus(sum, Bytes.u8(b, at) << 8) : sum;
    }

    private static int fold(long sum) {
        while (sum >>> 16 != 0) sum = (sum & 0xffff) + (sum >>> 16);
        return (int) sum;
    }

    /** RFC 9293 3.1: addresses, protocol and length are summed with the segment. */
    public static int pseudoHeaderV4(int source, int destination, int protocol, int length) {
        int addresses = plus(of32(source), of32(destination));
        return plus(addresses, plus(protocol, of32(length)));
    }

    /** RFC 8200 8.1. */
    public static int pseudoHeaderV6(
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int length) {
        int source = plus(of64(sourceHigh), of64(sourceLow));
        int destination = plus(of64(destinationHigh), of64(destinationLow));
        return plus(plus(source, destination), plus(protocol, of32(length)));
    }
}
