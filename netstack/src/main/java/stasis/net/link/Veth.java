package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.net.time.Timed;
import stasis.state.Saved;

/** One end of a cable between two stacks: what one end sends the other receives, veth(4). */
@Saved("net.Veth")
public final class Veth implements LinkEndpoint {
    private static final int CAPACITY = 4096;

    private int mtu;
    private long address;
    private PacketQueue incoming = new PacketQueue(CAPACITY);

    /** The other end's incoming. */
    private PacketQueue outgoing = incoming;

    private Veth() {}

    private Veth(int mtu, long address) {
        this.mtu = mtu;
        this.address = address;
    }

    /** Both ends. With link addresses 0 the cable is without Ethernet. */
    public static Veth[] pair(int mtu, long address, long otherAddress) {
        Veth a = new Veth(mtu, address);
        Veth b = new Veth(mtu, otherAddress);
        a.outgoing = b.incoming;
        b.outgoing = a.incoming;
        return new Veth[] {a, b};
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean isEthernet() {
        return address != 0;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public boolean send(PacketBuffer packet) {
        return outgoing.offer(packet);
    }

    @Override
    public @Nullable PacketBuffer receive(long nowNanos) {
        return incoming.poll();
    }

    @Override
    public long nextNanos() {
        return incoming.isEmpty() ? Timed.NEVER : Long.MIN_VALUE;
    }
}
