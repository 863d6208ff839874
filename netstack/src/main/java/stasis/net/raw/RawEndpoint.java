package stasis.net.raw;

import org.jspecify.annotations.Nullable;

import stasis.net.Endpoint;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.ip.IcmpError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.SendOptions;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** What a raw socket stands on: all packets of one protocol and family that reach this host. */
@Saved("net.RawEndpoint")
public final class RawEndpoint implements Endpoint {
    private static final int MAX_PACKET = 0xffff;

    public RawOptions options = new RawOptions();

    private RawProtocol raw;
    private boolean v6;
    private int protocol;
    private IpAddress local;
    private @Nullable IpAddress remote;
    private Deque<RawPacket> queue = new ArrayDeque<>();
    private int queuedCost;
    private @Nullable NetError error;

    @NotSaved("whoever observes registers again")
    private Readiness.Observer observer = Readiness.Observer.NONE;

    @SuppressWarnings("NullAway.Init") // for a restore
    private RawEndpoint() {}

    RawEndpoint(RawProtocol raw, boolean v6, int protocol) {
        this.raw = raw;
        this.v6 = v6;
        this.protocol = protocol;
        this.local = v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
    }

    public int protocol() {
        return protocol;
    }

    public IpAddress local() {
        return local;
    }

    public @Nullable IpAddress remote() {
        return remote;
    }

    private IpLayer ip() {
        return raw.ip();
    }

    public @Nullable NetError bind(IpAddress address) {
        if (address.isV4() == v6) return NetError.ADDRESS_NOT_AVAILABLE;
        boolean group = address.isMulticast() || ip().isBroadcast(address);
        boolean ours = address.isAny() || group || ip().isLocal(address);
        if (!ours) return NetError.ADDRESS_NOT_AVAILABLE;
        local = address;
        return null;
    }

    public @Nullable NetError connect(IpAddress address) {
        if (address.isV4() == v6) return NetError.INVALID;
        remote = address;
        return null;
    }

    @Override
    public void disconnect() {
        remote = null;
    }

    // ---- out ----

    /** sendto(2); null: to whom the endpoint is connected. */
    public int send(MemorySegment from, long at, long count, @Nullable IpAddress to) {
        IpAddress peer = to != null ? to : remote;
        NetError failed = takeError();
        if (failed != null) return failed.asResult();
        if (peer == null) return NetError.DESTINATION_REQUIRED.asResult();
        if (count > MAX_PACKET) return NetError.MESSAGE_TOO_LONG.asResult();
        if (peer.isV4() == v6) return NetError.INVALID.asResult();
        if (!options.broadcast && ip().isBroadcast(peer)) return NetError.ACCESS_DENIED.asResult();
        PacketBuffer p = ip().context().pool().take((int) count);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, p.bytes(), p.start(), (int) count);
        NetError unsent = options.headerIncluded && !v6 ? sendWhole(p, peer) : sendBody(p, peer);
        return unsent != null ? unsent.asResult() : (int) count;
    }

    private @Nullable NetError sendBody(PacketBuffer p, IpAddress to) {
        SendOptions how = options.packets;
        IpAddress source = local.isAny() ? ip().sourceFor(to, how.nicIndex()) : local;
        if (source == null) {
            p.release();
            return NetError.NO_ROUTE;
        }
        if (protocol == IpProtocol.ICMPV6) putChecksum(p, source, to);
        return ip().send(p, source, to, protocol, how);
    }

    /** RFC 3542 3.1: of ICMPv6 the checksum is always ours to make. */
    private static void putChecksum(PacketBuffer p, IpAddress source, IpAddress to) {
        if (p.length() < IcmpHeader.LENGTH) return;
        IcmpHeader.putChecksum(p.bytes(), p.start(), 0);
        int sum =
                Checksum.pseudoHeaderV6(
                        source.high(),
                        source.low(),
                        to.high(),
                        to.low(),
                        IpProtocol.ICMPV6,
                        p.length());
        sum = Checksum.plus(sum, Checksum.partial(p.bytes(), p.start(), p.end()));
        IcmpHeader.putChecksum(p.bytes(), p.start(), Checksum.complement(sum));
    }

    /**
     * raw(7), IP_HDRINCL: protocol, service, hops and source are the user's; length, number and
     * checksum are ours. Unlike Linux, options in the header are refused, and so are fragments.
     */
    private @Nullable NetError sendWhole(PacketBuffer p, IpAddress to) {
        byte[] b = p.bytes();
        int at = p.start();
        boolean sound = p.length() >= Ipv4Header.LENGTH && Bytes.u8(b, at) == 0x45;
        if (!sound || Ipv4Header.isFragment(b, at)) {
            p.release();
            return NetError.INVALID;
        }
        IpAddress source = IpAddress.v4(Ipv4Header.source(b, at));
        if (source.isAny()) source = ip().sourceFor(to, options.packets.nicIndex());
        if (source == null) {
            p.release();
            return NetError.NO_ROUTE;
        }
        SendOptions how =
                new SendOptions(
                        Ipv4Header.ttl(b, at),
                        Ipv4Header.tos(b, at),
                        false,
                        options.packets.nicIndex());
        int number = Ipv4Header.protocol(b, at);
        p.consume(Ipv4Header.LENGTH);
        return ip().send(p, source, to, number, how);
    }

    // ---- in ----

    boolean wants(Inbound in) {
        if (in.isV4() == v6 || in.protocol() != protocol) return false;
        int nic = options.packets.nicIndex();
        if (nic != 0 && nic != in.nic().index()) return false;
        if (!local.isAny() && !local.equalTo(in.destinationHigh(), in.destinationLow())) {
            return false;
        }
        IpAddress peer = remote;
        if (peer != null && !peer.equalTo(in.sourceHigh(), in.sourceLow())) return false;
        return !isFiltered(in);
    }

    private boolean isFiltered(Inbound in) {
        if (protocol != IpProtocol.ICMP || !IcmpHeader.isValid(in.start(), in.end())) return false;
        int type = IcmpHeader.type(in.bytes(), in.start());
        return type < 32 && (options.icmpFilter >>> type & 1) != 0;
    }

    void deliver(Inbound in) {
        if (queuedCost > options.receiveBytes) return;
        int from = v6 ? in.start() : in.headerStart();
        RawPacket packet =
                new RawPacket(
                        in.source(),
                        in.destination(),
                        in.nic().index(),
                        ip().context().now(),
                        in.hops(),
                        in.trafficClass(),
                        Arrays.copyOfRange(in.bytes(), from, in.end()));
        queue.addLast(packet);
        queuedCost += packet.cost();
        observer.happened(Readiness.READABLE);
    }

    /** Hard errors reach an endpoint that is connected to where they come from, raw(7). */
    void failed(IcmpError e) {
        if (!e.hard() || !e.remote().equals(remote)) return;
        error = e.error();
        observer.happened(Readiness.ERROR);
    }

    /** Null if none is there. With {@code peek} it stays. */
    public @Nullable RawPacket receive(boolean peek) {
        RawPacket p = peek ? queue.peekFirst() : queue.pollFirst();
        if (p != null && !peek) queuedCost -= p.cost();
        return p;
    }

    @Override
    public void observe(Readiness.Observer newObserver) {
        observer = newObserver;
    }

    @Override
    public int readiness() {
        int bits = Readiness.WRITABLE;
        if (!queue.isEmpty()) bits |= Readiness.READABLE;
        return error != null ? bits | Readiness.ERROR : bits;
    }

    /** SO_ERROR. */
    @Override
    public @Nullable NetError takeError() {
        NetError e = error;
        error = null;
        return e;
    }

    @Override
    public void close() {
        observer = Readiness.Observer.NONE;
        queue.clear();
        raw.remove(this);
    }
}
