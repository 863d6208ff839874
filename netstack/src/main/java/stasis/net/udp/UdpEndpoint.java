package stasis.net.udp;

import org.jspecify.annotations.Nullable;

import stasis.net.Endpoint;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.ip.IcmpError;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Nic;
import stasis.net.ip.SendOptions;
import stasis.net.port.PortBinding;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a datagram socket stands on. No call waits. */
@Saved("net.UdpEndpoint")
public final class UdpEndpoint implements Endpoint {
    private static final int MAX_ERRORS = 64;

    public UdpOptions options = new UdpOptions();

    private UdpProtocol udp;
    private boolean v6;
    private IpAddress localAddress;
    private int localPort;
    private @Nullable SocketAddress remote;
    private @Nullable PortBinding binding;

    /** bind(2) named an address: connect(2) keeps it. */
    private boolean addressChosen;

    /** bind(2) named a port: the end of connect(2) keeps it. */
    private boolean portChosen;

    private Deque<Datagram> queue = new ArrayDeque<>();
    private int queuedCost;
    private Deque<IcmpError> errors = new ArrayDeque<>();
    private List<Membership> memberships = new ArrayList<>();
    private @Nullable NetError error;
    private boolean readShut;
    private boolean writeShut;
    private boolean closed;

    @NotSaved("whoever observes registers again")
    private Readiness.Observer observer = Readiness.Observer.NONE;

    @SuppressWarnings("NullAway.Init") // for a restore
    private UdpEndpoint() {}

    UdpEndpoint(UdpProtocol udp, boolean v6) {
        this.udp = udp;
        this.v6 = v6;
        this.localAddress = v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
    }

    public boolean isV6() {
        return v6;
    }

    public SocketAddress local() {
        return new SocketAddress(localAddress, localPort);
    }

    public @Nullable SocketAddress remote() {
        return remote;
    }

    void readdress(IpAddress to) {
        localAddress = to;
        if (binding != null) binding.moveTo(to);
    }

    IpAddress localAddress() {
        return localAddress;
    }

    int localPort() {
        return localPort;
    }

    private IpLayer ip() {
        return udp.ip();
    }

    // ---- addresses ----

    /** bind(2). */
    public @Nullable NetError bind(SocketAddress address) {
        if (binding != null) return NetError.INVALID;
        IpAddress a = address.address();
        boolean group = a.isMulticast() || ip().isBroadcast(a);
        if (!a.isAny() && !group && !ip().isLocal(a)) return NetError.ADDRESS_NOT_AVAILABLE;
        addressChosen = !a.isAny();
        portChosen = address.port() != 0;
        return claim(a, address.port());
    }

    private @Nullable NetError claim(IpAddress a, int port) {
        PortBinding b =
                new PortBinding(
                        a,
                        port,
                        options.v6Only,
                        options.reuseAddress,
                        options.reusePort,
                        options.owner,
                        options.packets.nicIndex());
        NetError failed = udp.ports().bind(b, ip().context().random());
        if (failed != null) return failed;
        binding = b;
        localAddress = a;
        localPort = b.port();
        udp.add(this);
        return null;
    }

    private @Nullable NetError claimAnyIfNone() {
        return binding != null ? null : claim(localAddress, 0);
    }

    /** connect(2): where to, and from where only. */
    public @Nullable NetError connect(SocketAddress to) {
        IpAddress peer = to.address();
        if (peer.isAny()) peer = peer.isV4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        if (!options.broadcast && ip().isBroadcast(peer)) return NetError.ACCESS_DENIED;
        NetError failed = claimAnyIfNone();
        if (failed != null) return failed;
        if (!addressChosen) {
            IpAddress source = ip().sourceFor(peer, nicFor(peer));
            if (source == null) return NetError.NO_ROUTE;
            localAddress = source;
        }
        remote = new SocketAddress(peer, to.port());
        return null;
    }

    /** connect(2) with AF_UNSPEC. As in Linux, a port that nobody asked for is given back. */
    @Override
    public void disconnect() {
        remote = null;
        PortBinding b = binding;
        if (b == null) return;
        localAddress = b.address();
        if (portChosen) return;
        releasePort();
        localPort = 0;
    }

    private void releasePort() {
        if (binding == null) return;
        udp.remove(this);
        udp.ports().release(binding);
        binding = null;
    }

    private int nicFor(IpAddress to) {
        boolean group = to.isMulticast() && options.multicastNic != 0;
        return group ? options.multicastNic : options.packets.nicIndex();
    }

    // ---- out ----

    /** sendto(2); null: to whom the endpoint is connected. */
    public int send(MemorySegment from, long at, long count, @Nullable SocketAddress to) {
        return send(from, at, count, to, null, options.packets);
    }

    /**
     * sendmsg(2) with control messages: from {@code source} if that is an address (IP_PKTINFO), and
     * in the way {@code how} (IP_TTL, IP_TOS).
     */
    public int send(
            MemorySegment from,
            long at,
            long count,
            @Nullable SocketAddress to,
            @Nullable IpAddress source,
            SendOptions how) {
        SocketAddress peer = to != null ? to : remote;
        NetError failed = takeError();
        if (failed == null && writeShut) failed = NetError.SHUT_DOWN;
        if (failed == null && peer == null) failed = NetError.DESTINATION_REQUIRED;
        if (failed == null) failed = claimAnyIfNone();
        if (failed != null || peer == null) return errorOf(failed);
        NetError unsent = sendTo(peer, from, at, count, source, how);
        return unsent != null ? unsent.asResult() : (int) count;
    }

    private static int errorOf(@Nullable NetError failed) {
        return (failed == null ? NetError.DESTINATION_REQUIRED : failed).asResult();
    }

    private @Nullable NetError sendTo(
            SocketAddress peer,
            MemorySegment from,
            long at,
            long count,
            @Nullable IpAddress chosen,
            SendOptions wanted) {
        IpAddress to = peer.address();
        if (to.isAny()) to = to.isV4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        if (peer.port() == 0) return NetError.INVALID;
        if (count > UdpProtocol.maxPayload(to)) return NetError.MESSAGE_TOO_LONG;
        if (!options.broadcast && ip().isBroadcast(to)) return NetError.ACCESS_DENIED;
        SendOptions how = wanted.nicIndex() != 0 ? wanted : wanted.withNic(nicFor(to));
        if (to.isMulticast()) how = how.withHops(options.multicastHops);
        IpAddress source = sourceFor(to, chosen, how.nicIndex());
        if (source == null || source.isV4() != to.isV4()) return NetError.NO_ROUTE;
        if (chosen != null && !ip().isLocal(source)) return NetError.ADDRESS_NOT_AVAILABLE;
        SocketAddress self = new SocketAddress(source, localPort);
        return udp.send(self, new SocketAddress(to, peer.port()), from, at, count, how, options);
    }

    private @Nullable IpAddress sourceFor(IpAddress to, @Nullable IpAddress chosen, int nic) {
        if (chosen != null && !chosen.isAny()) return chosen;
        boolean own = !localAddress.isAny() && !localAddress.isMulticast();
        return own ? localAddress : ip().sourceFor(to, nic);
    }

    // ---- in ----

    /** recvfrom(2): null if none is there. With {@code peek} it stays. */
    public @Nullable Datagram receive(boolean peek) {
        Datagram d = peek ? queue.peekFirst() : queue.pollFirst();
        if (d != null && !peek) queuedCost -= d.cost();
        return d;
    }

    /** The reading side was shut: {@link #receive} giving null means the end. */
    public boolean isReadShut() {
        return readShut;
    }

    /** recvmsg(2) with MSG_ERRQUEUE. */
    public @Nullable IcmpError receiveError() {
        IcmpError e = errors.pollFirst();
        if (e == null) return null;
        // Linux: sock_dequeue_err_skb
        IcmpError next = errors.peekFirst();
        error = next == null ? null : next.error();
        return e;
    }

    void deliver(Datagram d) {
        if (readShut) return;
        // as Linux: the one that exceeds the limit is still taken
        if (queuedCost > options.receiveBytes) {
            udp.counters().overflows++;
            return;
        }
        queue.addLast(d);
        queuedCost += d.cost();
        observer.happened(Readiness.READABLE);
    }

    /** RFC 1122 4.1.3.3; udp(7): a connected endpoint hears of errors, others if they ask. */
    void failed(IcmpError e) {
        if (e.error() == NetError.MESSAGE_TOO_LONG) ip().learnMtu(e.remote(), e.mtu());
        if (options.receiveErrors) {
            if (errors.size() < MAX_ERRORS) errors.addLast(e);
        } else if (remote == null || !e.hard()) {
            return;
        }
        error = e.error();
        observer.happened(Readiness.ERROR | Readiness.URGENT);
    }

    /** How well this endpoint fits; 0: not at all. Linux: compute_score. */
    int score(IpAddress to, int port, IpAddress from, int fromPort, int nicIndex) {
        if (port != localPort) return 0;
        int score = 1;
        SocketAddress peer = remote;
        if (peer != null) {
            if (peer.port() != fromPort || !peer.address().equals(from)) return 0;
            score += 8;
        }
        int nic = options.packets.nicIndex();
        if (nic != 0 && nic != nicIndex) return 0;
        score += nic != 0 ? 4 : 0;
        if (!localAddress.isAny()) return localAddress.equals(to) ? score + 2 : 0;
        if (localAddress.isV4() == to.isV4()) return score + 1;
        return !localAddress.isV4() && !options.v6Only ? score : 0;
    }

    // ---- groups ----

    @Saved("net.Membership")
    record Membership(IpAddress group, Nic nic) {}

    /** IP_ADD_MEMBERSHIP, ip(7); {@code nicIndex} 0: by the route to the group. */
    public @Nullable NetError joinGroup(IpAddress group, int nicIndex) {
        Nic nic = udp.groupNic(group, nicIndex);
        if (!group.isMulticast()) return NetError.INVALID;
        if (nic == null) return NetError.NO_ROUTE;
        Membership m = new Membership(group, nic);
        if (memberships.contains(m)) return NetError.ADDRESS_IN_USE;
        memberships.add(m);
        nic.joinGroup(group);
        return null;
    }

    /** IP_DROP_MEMBERSHIP. */
    public @Nullable NetError leaveGroup(IpAddress group, int nicIndex) {
        Nic nic = udp.groupNic(group, nicIndex);
        if (nic == null || !memberships.remove(new Membership(group, nic))) {
            return NetError.ADDRESS_NOT_AVAILABLE;
        }
        nic.leaveGroup(group);
        return null;
    }

    boolean isMember(IpAddress group, int nicIndex) {
        for (Membership m : memberships) {
            if (m.group.equals(group) && m.nic.index() == nicIndex) return true;
        }
        return false;
    }

    // ---- the end, readiness ----

    public @Nullable NetError shutdown(boolean read, boolean write) {
        if (remote == null) return NetError.NOT_CONNECTED;
        readShut |= read;
        writeShut |= write;
        observer.happened(readiness());
        return null;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        observer = Readiness.Observer.NONE;
        for (Membership m : memberships) m.nic.leaveGroup(m.group);
        memberships.clear();
        queue.clear();
        releasePort();
    }

    @Override
    public void observe(Readiness.Observer newObserver) {
        observer = newObserver;
    }

    @Override
    public int readiness() {
        int bits = Readiness.WRITABLE;
        if (!queue.isEmpty()) bits |= Readiness.READABLE;
        if (readShut) bits |= Readiness.READABLE | Readiness.PEER_CLOSED;
        if (readShut && writeShut) bits |= Readiness.HANG_UP;
        if (error != null || !errors.isEmpty()) bits |= Readiness.ERROR;
        if (!errors.isEmpty()) bits |= Readiness.URGENT;
        return bits;
    }

    /** SO_ERROR. */
    @Override
    public @Nullable NetError takeError() {
        NetError e = error;
        error = null;
        return e;
    }

    /** SIOCINQ: the size of the next datagram. */
    public int nextLength() {
        Datagram d = queue.peekFirst();
        return d == null ? 0 : d.data().length;
    }

    /** What the queue costs, as SO_RCVBUF counts. */
    public int queuedCost() {
        return queuedCost;
    }
}
