package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whom an interface knows on its link. Bounded: beyond that the longest known make room. */
@Saved("net.Neighbors")
public final class Neighbors {
    private static final int CAPACITY = 1024;

    private IpLayer ip;
    private Nic nic;
    private Map<IpAddress, Neighbor> byAddress = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // for a restore
    private Neighbors() {}

    Neighbors(IpLayer ip, Nic nic) {
        this.ip = ip;
        this.nic = nic;
    }

    public Collection<Neighbor> all() {
        return Collections.unmodifiableCollection(byAddress.values());
    }

    /** Sends now, or when {@code nextHop} has said where it is. */
    void send(PacketBuffer packet, IpAddress nextHop) {
        Neighbor neighbor = byAddress.get(nextHop);
        if (neighbor == null) neighbor = add(nextHop);
        neighbor.send(packet);
    }

    /** From the sender of a request for an address of ours; {@code mayAdd} as it talks to us. */
    void learn(IpAddress address, long link, boolean solicited, boolean mayAdd) {
        Neighbor neighbor = byAddress.get(address);
        if (neighbor == null && mayAdd) neighbor = add(address);
        if (neighbor != null) neighbor.learn(link, solicited);
    }

    void confirm(IpAddress address) {
        Neighbor neighbor = byAddress.get(address);
        if (neighbor != null) neighbor.confirm();
    }

    public void addPermanent(IpAddress address, long link) {
        Neighbor neighbor = byAddress.get(address);
        if (neighbor == null) neighbor = add(address);
        neighbor.makePermanent(link);
    }

    public void remove(IpAddress address) {
        Neighbor neighbor = byAddress.remove(address);
        if (neighbor != null) neighbor.forget();
    }

    /** The link leads elsewhere now: all but the permanent ones have to be asked for again. */
    void forgetAll() {
        for (Neighbor n : new ArrayList<>(byAddress.values())) {
            if (n.state() != Neighbor.Reachability.PERMANENT) remove(n.address());
        }
    }

    private Neighbor add(IpAddress address) {
        if (byAddress.size() >= CAPACITY) makeRoom();
        Neighbor neighbor = new Neighbor(this, address);
        byAddress.put(address, neighbor);
        return neighbor;
    }

    private void makeRoom() {
        @Nullable IpAddress victim = null;
        for (Neighbor n : new ArrayList<>(byAddress.values())) {
            if (n.isBusy()) continue;
            victim = n.address();
            break;
        }
        remove(victim != null ? victim : byAddress.keySet().iterator().next());
    }

    // ---- for a Neighbor ----

    NetContext context() {
        return ip.context();
    }

    void transmit(PacketBuffer packet, long link) {
        nic.transmitTo(packet, link);
    }

    /** Asks {@code link}, or everybody if it is 0. */
    void solicit(IpAddress address, long link) {
        ip.solicit(nic, address, link);
    }

    void unreachable(PacketBuffer packet) {
        ip.unreachable(packet);
    }
}
