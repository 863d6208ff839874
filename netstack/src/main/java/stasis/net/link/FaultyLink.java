package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.net.time.Timed;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.PriorityQueue;

/**
 * A link that does {@link Faults} to what it receives from the one behind it. The same seed and the
 * same packets at the same times have the same fate.
 */
@Saved("net.FaultyLink")
public final class FaultyLink implements LinkEndpoint {
    private static final int CAPACITY = 8192;

    private LinkEndpoint behind;
    private Faults faults;
    private Dice dice;

    /** Breaks ties: packets of one time keep their order. */
    private long count;

    @NotSaved("filled from the arrays below")
    private final PriorityQueue<Held> held = new PriorityQueue<>();

    private long[] heldUntil = {};
    private byte[][] heldPackets = {};

    @SuppressWarnings("NullAway.Init") // for a restore
    private FaultyLink() {}

    public FaultyLink(LinkEndpoint behind, Faults faults, long seed) {
        this.behind = behind;
        this.faults = faults;
        this.dice = new Dice(seed);
    }

    public void become(Faults other) {
        faults = other;
    }

    @Override
    public int mtu() {
        return behind.mtu();
    }

    @Override
    public boolean isEthernet() {
        return behind.isEthernet();
    }

    @Override
    public long address() {
        return behind.address();
    }

    @Override
    public boolean send(PacketBuffer packet) {
        return behind.send(packet);
    }

    @Override
    public void flush() {
        behind.flush();
    }

    @Override
    public @Nullable PacketBuffer receive(long nowNanos) {
        if (faults.equals(Faults.NONE) && held.isEmpty()) return behind.receive(nowNanos);
        PacketBuffer next;
        while ((next = behind.receive(nowNanos)) != null) suffer(next, nowNanos);
        Held first = held.peek();
        if (first == null || first.until > nowNanos) return null;
        held.remove();
        return first.packet;
    }

    @Override
    public long nextNanos() {
        Held first = held.peek();
        return Math.min(behind.nextNanos(), first == null ? Timed.NEVER : first.until);
    }

    private void suffer(PacketBuffer packet, long nowNanos) {
        if (dice.perMille(faults.loss()) || held.size() >= CAPACITY) {
            packet.release();
            return;
        }
        if (dice.perMille(faults.duplication())) {
            hold(PacketBuffer.copyOf(packet.bytes(), packet.start(), packet.end()), nowNanos);
        }
        if (dice.perMille(faults.corruption()) && packet.length() > 0) corrupt(packet);
        hold(packet, nowNanos);
    }

    private void corrupt(PacketBuffer packet) {
        int at = packet.start() + dice.below(packet.length());
        packet.bytes()[at] ^= (byte) (1 << dice.below(8));
    }

    private void hold(PacketBuffer packet, long nowNanos) {
        long until = nowNanos + faults.delayNanos();
        boolean late = faults.jitterNanos() > 0 && dice.perMille(faults.reordering());
        if (late) until += Long.remainderUnsigned(dice.next(), faults.jitterNanos());
        held.add(new Held(until, count++, packet));
    }

    private record Held(long until, long number, PacketBuffer packet) implements Comparable<Held> {
        @Override
        public int compareTo(Held other) {
            int byTime = Long.compare(until, other.until);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    @BeforeSave
    private void freeze() {
        Held[] sorted = held.stream().sorted().toArray(Held[]::new);
        heldUntil = new long[sorted.length];
        heldPackets = new byte[sorted.length][];
        for (int i = 0; i < sorted.length; i++) {
            heldUntil[i] = sorted[i].until;
            heldPackets[i] = sorted[i].packet.copy();
        }
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        int n = heldUntil.length;
        for (int i = 0; i < n; i++) {
            byte[] p = heldPackets[i];
            // before all that come later
            held.add(new Held(heldUntil[i], i - n, PacketBuffer.copyOf(p, 0, p.length)));
        }
        heldUntil = new long[0];
        heldPackets = new byte[0][];
    }
}
