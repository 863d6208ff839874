package stasis.net;

import stasis.state.Saved;

/**
 * An IPv6 address, or an IPv4 address in its mapped form {@code ::ffff:a.b.c.d}, RFC 4291 2.5.5.2.
 * The unspecified address is {@link #ANY_V4} or {@link #ANY_V6}: they differ.
 */
@Saved("net.IpAddress")
public record IpAddress(long high, long low) {
    /** The upper half of the lower long of every mapped address. */
    private static final long MAPPED = 0xffffL << 32;

    public static final IpAddress ANY_V4 = v4(0);
    public static final IpAddress ANY_V6 = new IpAddress(0, 0);
    public static final IpAddress LOOPBACK_V4 = v4(0x7f000001);
    public static final IpAddress LOOPBACK_V6 = new IpAddress(0, 1);
    public static final IpAddress BROADCAST = v4(0xffffffff);

    public static IpAddress v4(int address) {
        return new IpAddress(0, MAPPED | (address & 0xffffffffL));
    }

    public static IpAddress v4(int a, int b, int c, int d) {
        return v4(a << 24 | b << 16 | c << 8 | d);
    }

    /** The lower half that {@code address} has as a mapped address; the upper half is 0. */
    public static long mappedLow(int address) {
        return MAPPED | (address & 0xffffffffL);
    }

    public static boolean isV4(long high, long low) {
        return high == 0 && low >>> 32 == 0xffff;
    }

    public boolean isV4() {
        return isV4(high, low);
    }

    /** Precondition: {@link #isV4()}. */
    public int v4Bits() {
        return (int) low;
    }

    public boolean isAny() {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    public boolean isLoopback() {
        return isV4() ? (int) low >>> 24 == 127 : high == 0 && low == 1;
    }

    public boolean isMulticast() {
        return isV4() ? (int) low >>> 28 == 0xe : high >>> 56 == 0xff;
    }

    /** Of all hosts on this link; directed broadcasts depend on a prefix. */
    public boolean isLimitedBroadcast() {
        return isV4() && (int) low == -1;
    }

    /** {@code fe80::/10}. */
    public boolean isLinkLocal() {
        return high >>> 54 == 0x3fa;
    }

    /** The unspecified address of the same family. */
    public IpAddress any() {
        return isV4() ? ANY_V4 : ANY_V6;
    }

    public boolean equalTo(long otherHigh, long otherLow) {
        return high == otherHigh && low == otherLow;
    }

    /** Whether the first {@code prefixLength} bits agree, counted as the family counts. */
    public boolean hasPrefix(IpAddress prefix, int prefixLength) {
        return matches(high, low, prefix, prefixLength);
    }

    public static boolean matches(long high, long low, IpAddress prefix, int prefixLength) {
        boolean v4 = prefix.isV4();
        if (isV4(high, low) != v4) return false;
        int bits = v4 ? prefixLength + 96 : prefixLength;
        if (bits <= 64) return ((high ^ prefix.high) & upper(bits)) == 0;
        return high == prefix.high && ((low ^ prefix.low) & upper(bits - 64)) == 0;
    }

    private static long upper(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }

    @Override
    public String toString() {
        if (!isV4()) return v6Text();
        int a = (int) low;
        return (a >>> 24) + "." + (a >>> 16 & 255) + "." + (a >>> 8 & 255) + "." + (a & 255);
    }

    /** RFC 5952: the longest run of zeros is left out, the first of equal ones. */
    private String v6Text() {
        int from = 8;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = zeros(i);
            if (run > length) {
                from = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') text.append(':');
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int zeros(int from) {
        int i = from;
        while (i < 8 && group(i) == 0) i++;
        return i - from;
    }

    private int group(int i) {
        long half = i < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (i & 3))) & 0xffff;
    }
}
