package stasis.net.wire;

/**
 * The options of one TCP header, RFC 9293 3.2. One object is filled again and again.
 *
 * <pre>
 * kind  length  option
 *    0          end
 *    1          padding
 *    2       4  maximum segment size: 2 bytes
 *    3       3  window scale: 1 byte, RFC 7323 2.2
 *    4       2  SACK permitted, RFC 2018 2
 *    5   2+8*n  SACK: n pairs of left and right edge, RFC 2018 3
 *    8      10  timestamps: TSval, TSecr, RFC 7323 3.2
 * </pre>
 */
public final class TcpOptions {
    public static final int MSS_LENGTH = 4;
    public static final int SCALE_LENGTH = 4;
    public static final int TIMESTAMPS_LENGTH = 12;
    public static final int MAX_SACK_BLOCKS = 4;

    /** RFC 7323 2.3: a larger shift is taken for this one. */
    public static final int MAX_SCALE = 14;

    private static final int END = 0;
    private static final int NOP = 1;
    private static final int MSS = 2;
    private static final int SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;

    private int mss;
    private int scale;
    private boolean sackPermitted;
    private boolean timestamps;
    private int tsVal;
    private int tsEcr;
    private int sackBlocks;
    private final int[] sackEdges = new int[2 * MAX_SACK_BLOCKS];

    public TcpOptions() {}

    /** Reads from..to. What is malformed ends the options; what stands before it counts. */
    public void read(byte[] b, int from, int to) {
        clear();
        int at = from;
        while (at < to) {
            int kind = b[at];
            if (kind == END) return;
            if (kind == NOP) {
                at++;
                continue;
            }
            if (to - at < 2) return;
            int length = Bytes.u8(b, at + 1);
            if (length < 2 || length > to - at) return;
            take(kind, b, at + 2, length);
            at += length;
        }
    }

    private void clear() {
        mss = 0;
        scale = -1;
        sackPermitted = false;
        timestamps = false;
        tsVal = 0;
        tsEcr = 0;
        sackBlocks = 0;
    }

    private void take(int kind, byte[] b, int at, int length) {
        switch (kind) {
            case MSS -> {
                if (length == 4) mss = Bytes.u16(b, at);
            }
            case SCALE -> {
                if (length == 3) scale = Math.min(Bytes.u8(b, at), MAX_SCALE);
            }
            case SACK_PERMITTED -> sackPermitted = length == 2;
            case SACK -> takeSack(b, at, length - 2);
            case TIMESTAMPS -> takeTimestamps(b, at, length);
            default -> {}
        }
    }

    private void takeSack(byte[] b, int at, int length) {
        if (length % 8 != 0) return;
        sackBlocks = Math.min(length / 8, MAX_SACK_BLOCKS);
        for (int i = 0; i < 2 * sackBlocks; i++) sackEdges[i] = Bytes.i32(b, at + 4 * i);
    }

    private void takeTimestamps(byte[] b, int at, int length) {
        if (length != 10) return;
        timestamps = true;
        tsVal = Bytes.i32(b, at);
        tsEcr = Bytes.i32(b, at + 4);
    }

    /** 0 without the option. */
    public int mss() {
        return mss;
    }

    /** -1 without the option. */
    public int scale() {
        return scale;
    }

    public boolean sackPermitted() {
        return sackPermitted;
    }

    public boolean hasTimestamps() {
        return timestamps;
    }

    public int tsVal() {
        return tsVal;
    }

    public int tsEcr() {
        return tsEcr;
    }

    public int sackBlocks() {
        return sackBlocks;
    }

    public int sackLeft(int i) {
        return sackEdges[2 * i];
    }

    public int sackRight(int i) {
        return sackEdges[2 * i + 1];
    }

    // ---- writing: each returns the place after it; all keep to words ----

    public static int putMss(byte[] b, int at, int mss) {
        Bytes.put32(b, at, MSS << 24 | 4 << 16 | mss);
        return at + MSS_LENGTH;
    }

    public static int putScale(byte[] b, int at, int scale) {
        Bytes.put32(b, at, NOP << 24 | SCALE << 16 | 3 << 8 | scale);
        return at + SCALE_LENGTH;
    }

    public static int putSackPermitted(byte[] b, int at) {
        Bytes.put32(b, at, NOP << 24 | NOP << 16 | SACK_PERMITTED << 8 | 2);
        return at + 4;
    }

    public static int putTimestamps(byte[] b, int at, int tsVal, int tsEcr) {
        Bytes.put32(b, at, NOP << 24 | NOP << 16 | TIMESTAMPS << 8 | 10);
        Bytes.put32(b, at + 4, tsVal);
        Bytes.put32(b, at + 8, tsEcr);
        return at + TIMESTAMPS_LENGTH;
    }

    /** The head of the option; the edges follow with {@link #putSackEdges}. */
    public static int putSackHead(byte[] b, int at, int blocks) {
        Bytes.put32(b, at, NOP << 24 | NOP << 16 | SACK << 8 | 2 + 8 * blocks);
        return at + 4;
    }

    public static int putSackEdges(byte[] b, int at, int left, int right) {
        Bytes.put32(b, at, left);
        Bytes.put32(b, at + 4, right);
        return at + 8;
    }
}
