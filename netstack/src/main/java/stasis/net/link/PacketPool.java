package stasis.net.link;

import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Buffers for packets, used again. Two sizes: for the frames of a network, and for the largest IP
 * packet there is. How many are out at a time is bounded by the queues they can be in, all of which
 * are; how many are kept is bounded here.
 */
@Saved("net.PacketPool")
public final class PacketPool {
    /** Before a packet that is made: Ethernet (14), IPv6 (40), a fragment header (8), alignment. */
    public static final int HEADROOM = 64;

    private static final int SMALL = 2048;
    private static final int LARGE = 65536 + HEADROOM + 64;
    private static final int KEPT_SMALL = 1024;
    private static final int KEPT_LARGE = 64;

    @NotSaved("empty")
    private final Deque<PacketBuffer> small = new ArrayDeque<>(KEPT_SMALL);

    @NotSaved("empty")
    private final Deque<PacketBuffer> large = new ArrayDeque<>(KEPT_LARGE);

    @NotSaved("packets of a snapshot come back without a pool")
    private int outstanding;

    public PacketPool() {}

    /** A buffer whose packet is {@code length} bytes, yet to be written, after the headroom. */
    public PacketBuffer take(int length) {
        boolean fits = HEADROOM + length <= SMALL;
        PacketBuffer p = (fits ? small : large).pollLast();
        if (p == null) p = new PacketBuffer(fits ? SMALL : LARGE, this);
        p.free = false;
        p.setChecked(false);
        p.reset(HEADROOM, HEADROOM + length);
        outstanding++;
        return p;
    }

    /** How many buffers somebody holds. */
    public int outstanding() {
        return outstanding;
    }

    void give(PacketBuffer p) {
        if (p.free) throw new IllegalStateException("a packet was released twice");
        p.free = true;
        outstanding--;
        boolean isSmall = p.bytes().length == SMALL;
        Deque<PacketBuffer> kept = isSmall ? small : large;
        if (kept.size() < (isSmall ? KEPT_SMALL : KEPT_LARGE)) kept.addLast(p);
    }
}
