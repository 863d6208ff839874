package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Ioctls.SIOCINQ;
import static stasis.abi.Ioctls.SIOCOUTQ;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.IPPROTO_UDP;
import static stasis.abi.Socket.SOCK_DGRAM;
import static stasis.abi.Socket.SO_BROADCAST;
import static stasis.abi.Socket.SO_NO_CHECK;
import static stasis.abi.Socket.SO_REUSEADDR;
import static stasis.abi.Socket.SO_REUSEPORT;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.vfs.Inode;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.IcmpError;
import stasis.net.ip.SendOptions;
import stasis.net.udp.Datagram;
import stasis.net.udp.UdpEndpoint;
import stasis.state.Saved;

/** SOCK_DGRAM, udp(7). */
@Saved("inet.UdpSocket")
public final class UdpSocket extends DatagramSocket {
    private UdpEndpoint endpoint;

    @SuppressWarnings("NullAway.Init")
    private UdpSocket() {}

    private UdpSocket(Network network, Inode inode, int domain, UdpEndpoint endpoint) {
        super(network, inode, domain);
        this.endpoint = endpoint;
        endpoint.options.number = inode.ino();
        endpoint.observe(notice());
    }

    public static UdpSocket open(Network network, Inode inode, Caller caller, int domain) {
        try (var _ = network.enter()) {
            UdpEndpoint e = network.stack().udp().open(domain == AF_INET6);
            e.options.owner = caller.credentials().fsuid();
            return new UdpSocket(network, inode, domain, e);
        }
    }

    @Override
    UdpEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public int type() {
        return SOCK_DGRAM;
    }

    @Override
    public int protocol() {
        return IPPROTO_UDP;
    }

    @Override
    SocketAddress local() {
        return endpoint.local();
    }

    @Override
    @Nullable SocketAddress remote() {
        return endpoint.remote();
    }

    @Override
    @Nullable NetError bindTo(SocketAddress address) {
        return endpoint.bind(address);
    }

    @Override
    @Nullable NetError connectTo(SocketAddress peer) {
        return endpoint.connect(peer);
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
    UdpEndpoint groups() {
        return endpoint;
    }

    @Override
    void optionsChanged() {
        var to = endpoint.options;
        to.reuseAddress = options().isOn(SO_REUSEADDR);
        to.reusePort = options().isOn(SO_REUSEPORT);
        to.broadcast = options().isOn(SO_BROADCAST);
        to.noChecksum = options().isOn(SO_NO_CHECK);
        to.receiveBytes = options().receiveBuffer();
        to.v6Only = ipLevel().isV6Only();
        to.receiveErrors = ipLevel().wantsErrors();
    }

    @Override
    @Nullable NetError shut(boolean read, boolean write) {
        return endpoint.shutdown(read, write);
    }

    // ---- messages ----

    @Override
    long sendTo(Outgoing out, @Nullable SocketAddress peer, @Nullable SentWith with) {
        if (with == null) return endpoint.send(out.data(), out.at(), out.length(), peer);
        return endpoint.send(
                out.data(), out.at(), out.length(), peer, with.source(), with.apply(way()));
    }

    @Override
    byte @Nullable [] take(Caller caller, Incoming in) {
        Datagram d = endpoint.receive(in.peeks());
        if (d == null) return null;
        in.address = Sockaddr.format(d.source(), domain(), d.nicIndex());
        ReceivedWith.fill(
                this,
                caller,
                in,
                new ReceivedWith(
                        d.destination(),
                        endpoint.local().port(),
                        d.nicIndex(),
                        d.arrivedNanos(),
                        d.hops(),
                        d.trafficClass()));
        return d.data();
    }

    @Override
    boolean isReadShut() {
        return endpoint.isReadShut();
    }

    @Override
    long receiveError(Incoming in) throws ErrnoException {
        IcmpError e = endpoint.receiveError();
        if (e == null) throw EAGAIN.exception();
        return ErrorMessage.deliver(this, in, e);
    }

    @Override
    @Nullable Integer queueSize(int request) {
        try (var _ = network().lock().hold()) {
            return switch (request) {
                case SIOCINQ -> endpoint.nextLength();
                case SIOCOUTQ -> 0;
                default -> null;
            };
        }
    }
}
