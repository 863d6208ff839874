package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Icmp.ICMP_FILTER;
import static stasis.abi.Icmp.SOL_RAW;
import static stasis.abi.Ioctls.SIOCINQ;
import static stasis.abi.Ioctls.SIOCOUTQ;
import static stasis.abi.Ip.ICMP6_FILTER;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.IPPROTO_ICMP;
import static stasis.abi.Socket.IPPROTO_ICMPV6;
import static stasis.abi.Socket.IPPROTO_RAW;
import static stasis.abi.Socket.SOCK_RAW;
import static stasis.abi.Socket.SOL_ICMPV6;
import static stasis.abi.Socket.SO_BROADCAST;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Inode;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.SendOptions;
import stasis.net.raw.RawEndpoint;
import stasis.net.raw.RawPacket;
import stasis.state.Saved;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SOCK_RAW, raw(7): packets of one protocol. Unlike Linux, control messages of sendmsg(2) are not
 * looked at, and ICMP6_FILTER is kept without effect.
 */
@Saved("inet.RawSocket")
public final class RawSocket extends DatagramSocket {
    /** {@code struct icmp6_filter}. */
    private static final int FILTER_BYTES = 32;

    private RawEndpoint endpoint;
    private byte[] icmp6Filter = new byte[FILTER_BYTES];

    @SuppressWarnings("NullAway.Init")
    private RawSocket() {}

    private RawSocket(Network network, Inode inode, int domain, RawEndpoint endpoint) {
        super(network, inode, domain);
        this.endpoint = endpoint;
        endpoint.observe(notice());
    }

    public static RawSocket open(Network network, Inode inode, int domain, int protocol) {
        try (var _ = network.enter()) {
            RawEndpoint e = network.stack().raw().open(domain == AF_INET6, protocol);
            e.options.headerIncluded = protocol == IPPROTO_RAW && domain != AF_INET6;
            return new RawSocket(network, inode, domain, e);
        }
    }

    @Override
    RawEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public int type() {
        return SOCK_RAW;
    }

    @Override
    public int protocol() {
        return endpoint.protocol();
    }

    /** Like Linux, the protocol stands where others have a port. */
    @Override
    SocketAddress local() {
        return new SocketAddress(endpoint.local(), endpoint.protocol());
    }

    @Override
    @Nullable SocketAddress remote() {
        IpAddress peer = endpoint.remote();
        return peer == null ? null : new SocketAddress(peer, 0);
    }

    @Override
    @Nullable NetError bindTo(SocketAddress address) {
        return endpoint.bind(address.address());
    }

    @Override
    @Nullable NetError connectTo(SocketAddress peer) {
        return endpoint.connect(peer.address());
    }

    @Override
    SendOptions way() {
        return endpoint.options.packets;
    }

    @Override
    void setWay(SendOptions way) {
        endpoint.options.packets = way;
    }

    @Override
    void optionsChanged() {
        endpoint.options.broadcast = options().isOn(SO_BROADCAST);
        endpoint.options.receiveBytes = options().receiveBuffer();
    }

    @Override
    boolean headerIncluded() {
        return endpoint.options.headerIncluded;
    }

    @Override
    void includeHeader(boolean on) {
        endpoint.options.headerIncluded = on;
    }

    @Override
    @Nullable NetError shut(boolean read, boolean write) {
        return endpoint.remote() == null ? NetError.NOT_CONNECTED : null;
    }

    // ---- messages ----

    @Override
    long sendTo(Outgoing out, @Nullable SocketAddress peer, @Nullable SentWith with) {
        IpAddress to = peer == null ? null : peer.address();
        return endpoint.send(out.data(), out.at(), out.length(), to);
    }

    @Override
    byte @Nullable [] take(Caller caller, Incoming in) {
        RawPacket p = endpoint.receive(in.peeks());
        if (p == null) return null;
        in.address = Sockaddr.format(new SocketAddress(p.source(), 0), domain(), p.nicIndex());
        ReceivedWith.fill(
                this,
                caller,
                in,
                new ReceivedWith(
                        p.destination(),
                        0,
                        p.nicIndex(),
                        p.arrivedNanos(),
                        p.hops(),
                        p.trafficClass()));
        return p.data();
    }

    @Override
    boolean isReadShut() {
        return false;
    }

    // ---- options ----

    @Override
    byte @Nullable [] ownOption(int level, int name) throws ErrnoException {
        if (level == SOL_RAW && name == ICMP_FILTER && protocol() == IPPROTO_ICMP) {
            return SocketOptions.bytesOf(endpoint.options.icmpFilter);
        }
        if (isIcmp6Filter(level, name)) return icmp6Filter.clone();
        throw noSuchLevel();
    }

    private boolean isIcmp6Filter(int level, int name) {
        return level == SOL_ICMPV6 && name == ICMP6_FILTER && protocol() == IPPROTO_ICMPV6;
    }

    @Override
    void setOwnOption(Caller caller, int level, int name, byte[] value) throws ErrnoException {
        if (level == SOL_RAW && name == ICMP_FILTER && protocol() == IPPROTO_ICMP) {
            endpoint.options.icmpFilter = SocketOptions.integer(value);
        } else if (isIcmp6Filter(level, name)) {
            if (value.length > FILTER_BYTES) throw EINVAL.exception();
            ByteBuffer kept = ByteBuffer.wrap(icmp6Filter).order(ByteOrder.LITTLE_ENDIAN);
            kept.put(0, value);
        } else {
            throw ENOPROTOOPT.exception();
        }
    }

    @Override
    @Nullable Integer queueSize(int request) {
        try (var _ = network().lock().hold()) {
            return switch (request) {
                case SIOCINQ -> {
                    RawPacket first = endpoint.receive(true);
                    yield first == null ? 0 : first.data().length;
                }
                case SIOCOUTQ -> 0;
                default -> null;
            };
        }
    }
}
