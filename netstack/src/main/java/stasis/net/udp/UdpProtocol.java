package stasis.net.udp;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.ErrorReporter;
import stasis.net.ip.IcmpError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Nic;
import stasis.net.ip.Route;
import stasis.net.ip.SendOptions;
import stasis.net.ip.Transport;
import stasis.net.link.PacketBuffer;
import stasis.net.port.Ports;
import stasis.net.wire.Checksum;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.UdpHeader;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** UDP of one stack: whose datagram it is that arrives. */
@Saved("net.UdpProtocol")
public final class UdpProtocol implements Transport {
    private static final int MAX_PACKET = 0xffff;

    private IpLayer ip;
    private Ports ports = new Ports();
    private UdpCounters counters = new UdpCounters();
    private Map<Integer, List<UdpEndpoint>> byPort = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // for a restore
    private UdpProtocol() {}

    public UdpProtocol(IpLayer ip) {
        this.ip = ip;
    }

    public UdpEndpoint open(boolean v6) {
        return new UdpEndpoint(this, v6);
    }

    public Ports ports() {
        return ports;
    }

    public UdpCounters counters() {
        return counters;
    }

    /** All that have a port. */
    public Collection<UdpEndpoint> endpoints() {
        List<UdpEndpoint> all = new ArrayList<>();
        byPort.values().forEach(all::addAll);
        return all;
    }

    /** Who has an address that is no longer here has another. */
    public void moveEndpoints(IpAddress from, IpAddress to) {
        for (UdpEndpoint e : endpoints()) {
            if (e.localAddress().equals(from)) e.readdress(to);
        }
    }

    IpLayer ip() {
        return ip;
    }

    void add(UdpEndpoint e) {
        byPort.computeIfAbsent(e.localPort(), _ -> new ArrayList<>()).add(e);
    }

    void remove(UdpEndpoint e) {
        List<UdpEndpoint> there = byPort.get(e.localPort());
        if (there == null) return;
        there.remove(e);
        if (there.isEmpty()) byPort.remove(e.localPort());
    }

    static int maxPayload(IpAddress to) {
        return MAX_PACKET - UdpHeader.LENGTH - (to.isV4() ? 20 : 0);
    }

    @Nullable Nic groupNic(IpAddress group, int nicIndex) {
        if (nicIndex != 0) return ip.nic(nicIndex);
        Route route = ip.route(group, 0);
        return route == null ? null : route.nic();
    }

    // ---- out ----

    @Nullable NetError send(
            SocketAddress source,
            SocketAddress to,
            MemorySegment from,
            long at,
            long count,
            SendOptions how,
            UdpOptions options) {
        PacketBuffer p = packet(source, to, from, at, count, how, options);
        if (to.address().isMulticast() && options.multicastLoop) loop(p, source, to, how);
        NetError failed = ip.send(p, source.address(), to.address(), IpProtocol.UDP, how);
        if (failed == null) counters.sent++;
        return failed;
    }

    private PacketBuffer packet(
            SocketAddress source,
            SocketAddress to,
            MemorySegment from,
            long at,
            long count,
            SendOptions how,
            UdpOptions options) {
        int length = UdpHeader.LENGTH + (int) count;
        PacketBuffer p = ip.context().pool().take(length);
        byte[] b = p.bytes();
        UdpHeader.write(b, p.start(), source.port(), to.port(), length);
        int data = p.start() + UdpHeader.LENGTH;
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, b, data, (int) count);
        boolean v4 = to.address().isV4();
        boolean without = v4 && options.noChecksum;
        if (!without && ip.wantsChecksum(to.address(), how.nicIndex())) {
            int sum = pseudoHeader(source.address(), to.address(), length);
            sum = Checksum.plus(sum, Checksum.partial(b, p.start(), p.end()));
            UdpHeader.putChecksum(b, p.start(), Checksum.complement(sum));
        }
        return p;
    }

    private static int pseudoHeader(IpAddress from, IpAddress to, int length) {
        if (to.isV4()) {
            return Checksum.pseudoHeaderV4(from.v4Bits(), to.v4Bits(), IpProtocol.UDP, length);
        }
        return Checksum.pseudoHeaderV6(
                from.high(), from.low(), to.high(), to.low(), IpProtocol.UDP, length);
    }

    /** IP_MULTICAST_LOOP: members on this host hear it too. */
    private void loop(PacketBuffer p, SocketAddress source, SocketAddress to, SendOptions how) {
        Nic nic = groupNic(to.address(), how.nicIndex());
        // over lo they hear it anyway
        if (nic == null || nic.isLoopback()) return;
        byte[] data = Arrays.copyOfRange(p.bytes(), p.start() + UdpHeader.LENGTH, p.end());
        Datagram d =
                new Datagram(
                        source,
                        to.address(),
                        nic.index(),
                        ip.context().now(),
                        how.hops(),
                        how.trafficClass(),
                        data);
        toGroup(d, to.port());
    }

    // ---- in ----

    @Override
    public void receive(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        if (!UdpHeader.isValid(b, at, in.end())) {
            counters.bad++;
            return;
        }
        in.packet().trim(UdpHeader.length(b, at));
        // RFC 768: 0 means none, over IPv4; RFC 8200 8.1: over IPv6 there must be one
        boolean none = in.isV4() && UdpHeader.checksum(b, at) == 0;
        if (!none && !in.hasValidChecksum(UdpHeader.length(b, at))) {
            counters.bad++;
            return;
        }
        int port = UdpHeader.destinationPort(b, at);
        if (in.isToGroup()) {
            toGroup(datagram(in), port);
            return;
        }
        UdpEndpoint e = find(in, port);
        if (e != null) {
            counters.received++;
            e.deliver(datagram(in));
        } else {
            counters.noPort++;
            ip.report(ErrorReporter.Problem.PORT_UNREACHABLE, in);
        }
    }

    private Datagram datagram(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        return new Datagram(
                new SocketAddress(in.source(), UdpHeader.sourcePort(b, at)),
                in.destination(),
                in.nic().index(),
                ip.context().now(),
                in.hops(),
                in.trafficClass(),
                Arrays.copyOfRange(b, at + UdpHeader.LENGTH, in.end()));
    }

    private @Nullable UdpEndpoint find(Inbound in, int port) {
        IpAddress from = in.source();
        int fromPort = UdpHeader.sourcePort(in.bytes(), in.start());
        return find(in.destination(), port, from, fromPort, in.nic().index());
    }

    /** The best match; among equals (SO_REUSEPORT) the sender decides, always the same. */
    private @Nullable UdpEndpoint find(
            IpAddress to, int port, IpAddress from, int fromPort, int nicIndex) {
        List<UdpEndpoint> there = byPort.get(port);
        if (there == null) return null;
        int best = 0;
        List<UdpEndpoint> equals = new ArrayList<>(1);
        for (UdpEndpoint e : there) {
            int score = e.score(to, port, from, fromPort, nicIndex);
            if (score == 0 || score < best) continue;
            if (score > best) equals.clear();
            best = score;
            equals.add(e);
        }
        if (equals.isEmpty()) return null;
        boolean shared = equals.getFirst().options.reusePort;
        int which = shared ? Math.floorMod(from.hashCode() * 31 + fromPort, equals.size()) : 0;
        return shared ? equals.get(which) : equals.getLast();
    }

    /** To all that fit, and for a multicast group have joined it. */
    private void toGroup(Datagram d, int port) {
        List<UdpEndpoint> there = byPort.get(port);
        if (there == null) return;
        for (UdpEndpoint e : new ArrayList<>(there)) {
            IpAddress to = d.destination();
            SocketAddress from = d.source();
            if (e.score(to, port, from.address(), from.port(), d.nicIndex()) == 0) continue;
            if (to.isMulticast() && !e.isMember(to, d.nicIndex())) continue;
            counters.received++;
            e.deliver(d);
        }
    }

    @Override
    public void failed(IcmpError error) {
        UdpEndpoint e =
                find(error.local(), error.localPort(), error.remote(), error.remotePort(), 0);
        if (e != null) e.failed(error);
    }
}
