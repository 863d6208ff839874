package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.link.LinkEndpoint;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.EthernetHeader;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An interface: a link with addresses and neighbours. */
@Saved("net.Nic")
public final class Nic {
    static final int MAX_ADDRESSES = 256;

    private IpLayer ip;
    private int index;
    private String name;
    private LinkEndpoint link;
    private boolean loopback;
    private boolean up = true;

    /** Takes addresses and routes from advertisements of routers. */
    private boolean autoconfigured;

    private Neighbors neighbors;
    private List<InterfaceAddress> addresses = new ArrayList<>();
    private NicCounters counters = new NicCounters();

    /** Groups joined, and how many times. */
    private Map<IpAddress, Integer> groups = new LinkedHashMap<>();

    @NotSaved("whoever watches registers again")
    private final List<FrameWatcher> watchers = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // for a restore
    private Nic() {}

    Nic(IpLayer ip, int index, String name, LinkEndpoint link, boolean loopback) {
        this.ip = ip;
        this.index = index;
        this.name = name;
        this.link = link;
        this.loopback = loopback;
        this.neighbors = new Neighbors(ip, this);
    }

    /** From 1. */
    public int index() {
        return index;
    }

    public String name() {
        return name;
    }

    public LinkEndpoint link() {
        return link;
    }

    public boolean isLoopback() {
        return loopback;
    }

    public int mtu() {
        return link.mtu();
    }

    public boolean isUp() {
        return up;
    }

    public void setUp(boolean value) {
        up = value;
        ip.routesChanged();
    }

    boolean isAutoconfigured() {
        return autoconfigured;
    }

    void autoconfigure() {
        autoconfigured = true;
    }

    public Neighbors neighbors() {
        return neighbors;
    }

    public NicCounters counters() {
        return counters;
    }

    public List<InterfaceAddress> addresses() {
        return Collections.unmodifiableList(addresses);
    }

    void addAddress(InterfaceAddress address) {
        addresses.add(address);
        ip.routesChanged();
    }

    boolean removeAddress(IpAddress address) {
        ip.routesChanged();
        return addresses.removeIf(a -> a.address().equals(address));
    }

    /** No iterators in the next three: they run for every packet. */
    boolean hasAddress(long high, long low) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).address().equalTo(high, low)) return true;
        }
        return false;
    }

    boolean hasAddressEndingIn(int lowest24Bits) {
        for (int i = 0; i < addresses.size(); i++) {
            IpAddress a = addresses.get(i).address();
            if (!a.isV4() && ((int) a.low() & 0xff_ffff) == lowest24Bits) return true;
        }
        return false;
    }

    boolean isDirectedBroadcast(int address) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).isDirectedBroadcast(address)) return true;
        }
        return false;
    }

    /** RFC 6724 5, rules 2 and 8: of the same scope, and with the longest prefix in common. */
    @Nullable IpAddress addressTowards(IpAddress destination) {
        IpAddress best = null;
        int longest = -1;
        for (InterfaceAddress a : addresses) {
            IpAddress own = a.address();
            if (own.isV4() || own.isLinkLocal() != destination.isLinkLocal()) continue;
            int common = Long.numberOfLeadingZeros(own.high() ^ destination.high());
            if (common <= longest) continue;
            best = own;
            longest = common;
        }
        return best;
    }

    /** The first address of that family, link-local ones only if {@code linkLocal}. */
    @Nullable IpAddress addressFor(boolean v4, boolean linkLocal) {
        for (int i = 0; i < addresses.size(); i++) {
            IpAddress a = addresses.get(i).address();
            if (a.isV4() == v4 && (v4 || a.isLinkLocal() == linkLocal)) return a;
        }
        return null;
    }

    public void joinGroup(IpAddress group) {
        groups.merge(group, 1, Integer::sum);
    }

    public void leaveGroup(IpAddress group) {
        groups.computeIfPresent(group, (_, n) -> n == 1 ? null : n - 1);
    }

    boolean isMember(long high, long low) {
        if (groups.isEmpty()) return false;
        return groups.containsKey(new IpAddress(high, low));
    }

    // ---- out ----

    /** To the link address of {@code nextHop}, once that is known. */
    void send(PacketBuffer packet, IpAddress nextHop, boolean broadcast) {
        if (!link.isEthernet()) {
            put(packet);
        } else if (broadcast) {
            transmitTo(packet, EthernetHeader.BROADCAST);
        } else if (nextHop.isMulticast()) {
            transmitTo(packet, groupLink(nextHop));
        } else {
            neighbors.send(packet, nextHop);
        }
    }

    private static long groupLink(IpAddress group) {
        return group.isV4()
                ? EthernetHeader.ofMulticastV4(group.v4Bits())
                : EthernetHeader.ofMulticastV6(group.low());
    }

    /** An IP packet; its first bits say which. */
    void transmitTo(PacketBuffer packet, long destination) {
        boolean v4 = (packet.bytes()[packet.start()] & 0xf0) == 0x40;
        transmit(packet, destination, v4 ? EthernetHeader.IPV4 : EthernetHeader.IPV6);
    }

    void transmit(PacketBuffer packet, long destination, int type) {
        int at = packet.prepend(EthernetHeader.LENGTH);
        EthernetHeader.write(packet.bytes(), at, destination, link.address(), type);
        put(packet);
    }

    /** A frame as somebody else made it, for packet(7). */
    public void sendFrame(PacketBuffer frame) {
        put(frame);
    }

    public void watch(FrameWatcher watcher) {
        watchers.add(watcher);
    }

    public void unwatch(FrameWatcher watcher) {
        watchers.remove(watcher);
    }

    private void show(PacketBuffer frame, boolean outgoing) {
        for (int i = 0; i < watchers.size(); i++) watchers.get(i).frame(this, frame, outgoing);
    }

    private void put(PacketBuffer packet) {
        int length = packet.length();
        show(packet, true);
        if (link.send(packet)) {
            counters.sentPackets++;
            counters.sentBytes += length;
        } else {
            counters.sentLost++;
        }
    }

    // ---- in ----

    @Nullable PacketBuffer receive(long nowNanos) {
        PacketBuffer packet = link.receive(nowNanos);
        if (packet == null) return null;
        counters.receivedPackets++;
        counters.receivedBytes += packet.length();
        show(packet, false);
        return packet;
    }
}
