package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.link.LinkEndpoint;
import stasis.net.link.PacketBuffer;
import stasis.net.time.Timed;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.Ipv6Header;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Interfaces, routes, and the way between them and the transports. */
@Saved("net.IpLayer")
public final class IpLayer {
    /** RFC 1122 3.3.3: below, "too long" is not believed. Linux: ip_rt_min_pmtu. */
    private static final int MIN_PATH_MTU = 552;

    private NetContext context;
    private List<Nic> nics = new ArrayList<>();
    private RouteTable routes = new RouteTable(this);
    private PathMtus pathMtus = new PathMtus();
    private Fragments fragments = new Fragments(this);
    private IpCounters counters = new IpCounters();
    private int identification;
    private int nextNicIndex = 1;

    @NotSaved("empty")
    private final RouteCache routeCache = new RouteCache();

    @NotSaved("the stack registers them again")
    private final @Nullable Transport[] transports = new Transport[256];

    @NotSaved("the stack registers it again")
    private ErrorReporter errors = (_, _) -> {};

    @NotSaved("the stack registers it again")
    private PacketTap tap = PacketTap.NONE;

    @NotSaved("nothing is being received in a snapshot")
    private final Inbound inbound = new Inbound();

    @SuppressWarnings("NullAway.Init") // for a restore
    private IpLayer() {}

    public IpLayer(NetContext context) {
        this.context = context;
        this.identification = (int) context.random();
    }

    public NetContext context() {
        return context;
    }

    public IpCounters counters() {
        return counters;
    }

    Fragments fragments() {
        return fragments;
    }

    Inbound inbound() {
        return inbound;
    }

    public void register(int protocol, Transport transport) {
        transports[protocol] = transport;
    }

    public void reportErrorsTo(ErrorReporter reporter) {
        errors = reporter;
    }

    public void tap(PacketTap newTap) {
        tap = newTap;
    }

    public void report(ErrorReporter.Problem problem, Inbound in) {
        errors.report(problem, in);
    }

    // ---- interfaces and addresses ----

    public Nic addNic(String name, LinkEndpoint link, boolean loopback) {
        Nic nic = new Nic(this, nextNicIndex++, name, link, loopback);
        nics.add(nic);
        return nic;
    }

    public List<Nic> nics() {
        return Collections.unmodifiableList(nics);
    }

    public @Nullable Nic nic(int index) {
        for (Nic n : nics) {
            if (n.index() == index) return n;
        }
        return null;
    }

    public RouteTable routes() {
        return routes;
    }

    /** With the route to its network, as Linux does. */
    public void addAddress(Nic nic, InterfaceAddress address) {
        nic.addAddress(address);
        IpAddress a = address.address();
        routes.add(new Route(a, address.prefixLength(), null, nic, a, 0));
    }

    public boolean removeAddress(Nic nic, IpAddress address) {
        for (Route r : new ArrayList<>(routes.all())) {
            if (r.nic() == nic && r.gateway() == null && address.equals(r.source())) {
                routes.remove(r);
            }
        }
        return nic.removeAddress(address);
    }

    public void removeNic(Nic nic) {
        routes.removeAllOf(nic);
        nics.remove(nic);
    }

    /** Of any interface: packets for one are accepted by all (RFC 1122 3.3.4.2, weak model). */
    public boolean isLocal(long high, long low) {
        boolean v4 = IpAddress.isV4(high, low);
        if (v4 && (int) low >>> 24 == 127) return true;
        for (int i = 0; i < nics.size(); i++) {
            if (nics.get(i).hasAddress(high, low)) return true;
        }
        return false;
    }

    public boolean isLocal(IpAddress address) {
        return isLocal(address.high(), address.low());
    }

    boolean isLocalV4(int address) {
        return isLocal(0, IpAddress.mappedLow(address));
    }

    /** Of all hosts, or of those of one network of {@code nic}. */
    boolean isBroadcast(Nic nic, IpAddress address) {
        if (!address.isV4()) return false;
        return address.isLimitedBroadcast()
                || nic.isDirectedBroadcast(address.v4Bits()) && !isLocal(address);
    }

    /** Whether a datagram to {@code address} would be a broadcast on some interface. */
    public boolean isBroadcast(IpAddress address) {
        for (Nic n : nics) {
            if (isBroadcast(n, address)) return true;
        }
        return address.isLimitedBroadcast();
    }

    // ---- routes ----

    /** How packets leave for {@code destination}; null: no way. */
    public @Nullable Route route(IpAddress destination, int nicIndex) {
        Route cached = routeCache.get(destination, nicIndex);
        if (cached != null) return cached;
        Route route = findRoute(destination, nicIndex);
        if (route != null) routeCache.put(destination, nicIndex, route);
        return route;
    }

    private @Nullable Route findRoute(IpAddress destination, int nicIndex) {
        if (isLocal(destination)) return localRoute();
        Route route = routes.lookup(destination, nicIndex);
        return route != null ? route : onLink(destination, nicIndex);
    }

    /** A route, an address or the state of an interface is another now. */
    void routesChanged() {
        routeCache.clear();
    }

    /** Groups are on the link that was chosen, whatever the routes say, as Linux has it. */
    private @Nullable Route onLink(IpAddress destination, int nicIndex) {
        if (nicIndex == 0) return null;
        boolean group = destination.isMulticast() || destination.isLimitedBroadcast();
        Nic nic = group ? nic(nicIndex) : null;
        if (nic == null || !nic.isUp()) return null;
        return new Route(destination, destination.isV4() ? 32 : 128, null, nic, null, 0);
    }

    private @Nullable Route localRoute() {
        for (int i = 0; i < nics.size(); i++) {
            Nic n = nics.get(i);
            if (n.isLoopback()) return routes.lookup(IpAddress.LOOPBACK_V4, n.index());
        }
        return null;
    }

    /** The address that packets to {@code destination} come from if nobody chose one. */
    public @Nullable IpAddress sourceFor(IpAddress destination, int nicIndex) {
        if (isLocal(destination)) return destination;
        Route route = route(destination, nicIndex);
        if (route == null) return null;
        if (route.source() != null && route.gateway() == null) return route.source();
        return sourceOn(route.nic(), route.nextHop(destination), destination);
    }

    private @Nullable IpAddress sourceOn(Nic nic, IpAddress nextHop, IpAddress destination) {
        if (!nextHop.isV4()) return nic.addressTowards(destination);
        for (InterfaceAddress a : nic.addresses()) {
            if (nextHop.hasPrefix(a.address(), a.prefixLength())) return a.address();
        }
        return nic.addressFor(true, false);
    }

    int mtuBy(Route route, IpAddress destination) {
        int mtu = Math.min(route.nic().mtu(), 0xffff);
        return pathMtus.get(destination, mtu, context.now());
    }

    /** Largest IP packet to {@code destination}; 0: no way there. */
    public int mtuTo(IpAddress destination, int nicIndex) {
        Route route = route(destination, nicIndex);
        return route == null ? 0 : mtuBy(route, destination);
    }

    /** The same by the interface alone. */
    public int linkMtuTo(IpAddress destination, int nicIndex) {
        Route route = route(destination, nicIndex);
        return route == null ? 0 : Math.min(route.nic().mtu(), 0xffff);
    }

    /** ICMP said so; {@code mtu} 0 if it did not say how much (RFC 1191 5). */
    public void learnMtu(IpAddress destination, int mtu) {
        int least = destination.isV4() ? MIN_PATH_MTU : Ipv6Header.MIN_MTU;
        pathMtus.learn(destination, Math.max(mtu, least), context.now());
    }

    /** A layer above heard from {@code destination}, so the next hop is alive. */
    public void confirm(IpAddress destination, int nicIndex) {
        Route route = route(destination, nicIndex);
        if (route == null || !route.nic().link().isEthernet()) return;
        route.nic().neighbors().confirm(route.nextHop(destination));
    }

    // ---- out ----

    /**
     * Sends what the packet holds, by a route. Takes the packet in any case.
     *
     * @return null if it is on its way, as far as this host knows
     */
    public @Nullable NetError send(
            PacketBuffer packet,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        Route route = route(destination, options.nicIndex());
        if (route == null) {
            packet.release();
            counters.noRoutes++;
            return NetError.NO_ROUTE;
        }
        return destination.isV4()
                ? Ipv4Output.send(this, route, packet, source, destination, protocol, options)
                : Ipv6Output.send(this, route, packet, source, destination, protocol, options);
    }

    /** Back to where {@code in} came from. */
    public @Nullable NetError answer(
            Inbound in, PacketBuffer packet, int protocol, SendOptions options) {
        IpAddress own = in.destination();
        IpAddress peer = in.source();
        return send(packet, own, peer, protocol, options);
    }

    /** Whether transports make checksums for packets to there. */
    public boolean wantsChecksum(IpAddress destination, int nicIndex) {
        Route route = route(destination, nicIndex);
        return route == null || !route.nic().link().isTrusted();
    }

    int nextIdentification() {
        return identification++ & 0xffff;
    }

    void solicit(Nic nic, IpAddress address, long link) {
        if (address.isV4()) Arp.solicit(this, nic, address, link);
        else Ndp.solicit(this, nic, address, link);
    }

    /** The link of {@code nic} leads elsewhere now: new neighbours, who are told of us. */
    public void moved(Nic nic) {
        nic.neighbors().forgetAll();
        if (!nic.link().isEthernet() || !nic.isUp()) return;
        for (InterfaceAddress a : nic.addresses()) {
            if (a.address().isV4()) Arp.announce(this, nic, a.address());
            else Ndp.announce(this, nic, a.address());
        }
    }

    /** A message of neighbour discovery, for {@link Ndp}; its checksum is right. */
    public void neighborMessage(Inbound in) {
        Ndp.receive(this, in);
    }

    /** A link-local address of its own, and what routers advertise: RFC 4862. */
    public void autoconfigure(Nic nic) {
        IpAddress own = Ndp.linkLocal(nic);
        if (own == null) return;
        nic.autoconfigure();
        if (!nic.hasAddress(own.high(), own.low())) addAddress(nic, new InterfaceAddress(own, 64));
        Ndp.solicitRouters(this, nic);
    }

    /** Nobody answered for the next hop; the packet begins with its IP header. */
    void unreachable(PacketBuffer packet) {
        boolean v4 = (packet.bytes()[packet.start()] & 0xf0) == 0x40;
        int type = v4 ? IcmpHeader.V4_UNREACHABLE : IcmpHeader.V6_UNREACHABLE;
        int code = v4 ? IcmpHeader.V4_HOST : IcmpHeader.V6_ADDRESS;
        IcmpError error =
                IcmpError.about(
                        NetError.HOST_UNREACHABLE,
                        false,
                        0,
                        type,
                        code,
                        null,
                        packet.bytes(),
                        packet.start(),
                        packet.end());
        packet.release();
        if (error != null) failed(error);
    }

    /** Tells the transport whose packet it was. */
    public void failed(IcmpError error) {
        tap.failed(error);
        Transport transport = transports[error.protocol()];
        if (transport != null) transport.failed(error);
    }

    // ---- in ----

    /** Takes what has been received, of each interface {@code budget} packets at most. */
    public boolean receive(int budget) {
        boolean any = false;
        for (int i = 0; i < nics.size(); i++) any |= receiveFrom(nics.get(i), budget) > 0;
        return any;
    }

    /** What interfaces hold back to send it together leaves now. */
    public void flush() {
        for (int i = 0; i < nics.size(); i++) nics.get(i).link().flush();
    }

    /** When a link will have something without anything else happening. */
    public long nextLinkNanos() {
        long next = Timed.NEVER;
        for (int i = 0; i < nics.size(); i++) next = Math.min(next, nics.get(i).link().nextNanos());
        return next;
    }

    private int receiveFrom(Nic nic, int budget) {
        int done = 0;
        while (done < budget) {
            PacketBuffer packet = nic.receive(context.now());
            if (packet == null) break;
            done++;
            try {
                if (nic.isUp()) receive(nic, packet);
            } finally {
                packet.release();
            }
        }
        return done;
    }

    private void receive(Nic nic, PacketBuffer packet) {
        if (nic.link().isEthernet()) {
            receiveEthernet(nic, packet);
        } else if (packet.length() > 0) {
            int version = packet.bytes()[packet.start()] >>> 4 & 0xf;
            if (version == 4) Ipv4Input.receive(this, nic, packet, false);
            else if (version == 6) Ipv6Input.receive(this, nic, packet, false);
        }
    }

    private void receiveEthernet(Nic nic, PacketBuffer packet) {
        byte[] b = packet.bytes();
        int at = packet.start();
        if (!EthernetHeader.isValid(at, packet.end())) {
            nic.counters().receivedBad++;
            return;
        }
        long to = EthernetHeader.destination(b, at);
        boolean group = EthernetHeader.isGroup(to);
        if (!group && to != nic.link().address()) return;
        packet.consume(EthernetHeader.LENGTH);
        switch (EthernetHeader.type(b, at)) {
            case EthernetHeader.ARP -> Arp.receive(this, nic, packet);
            case EthernetHeader.IPV4 -> Ipv4Input.receive(this, nic, packet, group);
            case EthernetHeader.IPV6 -> Ipv6Input.receive(this, nic, packet, group);
            default -> {}
        }
    }

    /** Precondition: the packet begins with what the transport sent. */
    void deliver(Inbound in) {
        boolean heard = tap.hear(in);
        Transport transport = transports[in.protocol()];
        if (transport == null && heard) return;
        if (transport == null) {
            counters.unknownProtocols++;
            errors.report(ErrorReporter.Problem.PROTOCOL_UNREACHABLE, in);
            return;
        }
        counters.delivered++;
        transport.receive(in);
    }

    /** The packet holds what had come of one that never became whole. */
    void reassemblyTimedOut(PacketBuffer packet, int nicIndex) {
        try {
            Nic nic = nic(nicIndex);
            if (nic == null) return;
            if ((packet.bytes()[packet.start()] & 0xf0) == 0x40) {
                Ipv4Input.begin(this, nic, packet, false);
                Ipv4Input.address(inbound);
            } else {
                Ipv6Input.begin(this, nic, packet, false);
                Ipv6Input.address(inbound);
            }
            errors.report(ErrorReporter.Problem.REASSEMBLY_TIMED_OUT, inbound);
        } finally {
            packet.release();
        }
    }
}
