package stasis.net.link;

import org.jspecify.annotations.Nullable;

/**
 * One packet: the bytes start..end of an array that is larger, so that headers can be put before
 * what is there. Owned by one holder at a time, who hands it on or releases it.
 */
public final class PacketBuffer {
    private final byte[] bytes;
    private final @Nullable PacketPool pool;
    private int start;
    private int end;

    /** Who brought it answers for the transport's checksum. */
    private boolean checked;

    /** In the pool, so nobody's. */
    boolean free;

    PacketBuffer(int capacity, @Nullable PacketPool pool) {
        this.bytes = new byte[capacity];
        this.pool = pool;
    }

    /** A copy that belongs to no pool. */
    public static PacketBuffer copyOf(byte[] packet, int from, int to) {
        PacketBuffer p = new PacketBuffer(PacketPool.HEADROOM + to - from, null);
        p.reset(PacketPool.HEADROOM, PacketPool.HEADROOM + to - from);
        System.arraycopy(packet, from, p.bytes, p.start, to - from);
        return p;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    public int length() {
        return end - start;
    }

    /** Precondition: 0 ≤ start ≤ end ≤ capacity. */
    public void reset(int newStart, int newEnd) {
        assert 0 <= newStart && newStart <= newEnd && newEnd <= bytes.length;
        start = newStart;
        end = newEnd;
    }

    /**
     * Whether the checksum of TCP or UDP need not be looked at, because the packet has not been on
     * a wire, or whoever took it from there has looked: the field may hold something else.
     */
    public boolean isChecked() {
        return checked;
    }

    public void setChecked(boolean value) {
        checked = value;
    }

    /** Makes room for a header before the packet; returns where it begins. */
    public int prepend(int length) {
        reset(start - length, end);
        return start;
    }

    /** Takes {@code length} bytes off the front. */
    public void consume(int length) {
        reset(start + length, end);
    }

    /** Ends the packet after {@code length} bytes: what follows is padding. */
    public void trim(int length) {
        reset(start, start + length);
    }

    public byte[] copy() {
        return java.util.Arrays.copyOfRange(bytes, start, end);
    }

    /** The holder needs it no more. */
    public void release() {
        if (pool != null) pool.give(this);
    }
}
