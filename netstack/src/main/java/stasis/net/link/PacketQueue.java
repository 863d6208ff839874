package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.Deque;

/** Packets one after the other, no more than a bound. */
@Saved("net.PacketQueue")
public final class PacketQueue {
    @NotSaved("filled from packets; buffers then belong to no pool")
    private final Deque<PacketBuffer> queue = new ArrayDeque<>();

    /** Meaningful only inside a snapshot. */
    private byte[][] packets = {};

    private int capacity;

    private PacketQueue() {}

    public PacketQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Takes the packet in any case; releases it if there is no room. */
    public boolean offer(PacketBuffer packet) {
        if (queue.size() >= capacity) {
            packet.release();
            return false;
        }
        queue.addLast(packet);
        return true;
    }

    public @Nullable PacketBuffer poll() {
        if (packets.length > 0) packets = new byte[0][];
        return queue.pollFirst();
    }

    public int size() {
        return queue.size();
    }

    public boolean isEmpty() {
        return queue.isEmpty();
    }

    public void clear() {
        while (!queue.isEmpty()) queue.removeFirst().release();
    }

    @BeforeSave
    private void freeze() {
        packets = queue.stream().map(PacketBuffer::copy).toArray(byte[][]::new);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        for (byte[] p : packets) queue.addLast(PacketBuffer.copyOf(p, 0, p.length));
        packets = new byte[0][];
    }
}
