package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EAFNOSUPPORT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENETUNREACH;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.ENOTCONN;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.AF_UNSPEC;
import static stasis.abi.Socket.SHUT_RD;
import static stasis.abi.Socket.SHUT_RDWR;
import static stasis.abi.Socket.SHUT_WR;
import static stasis.abi.Socket.SOCK_RAW;
import static stasis.abi.Socket.SOL_IP;
import static stasis.abi.Socket.SOL_IPV6;
import static stasis.abi.Socket.SOL_SOCKET;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.kernel.net.Notice;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.net.Endpoint;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.SendOptions;
import stasis.net.stack.NetStack;
import stasis.net.udp.UdpEndpoint;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.SavedKind;

/** What all sockets of AF_INET and AF_INET6 have in common. */
@SavedKind
public abstract class InetSocket extends SocketFile {
    private static final int FIRST_FREE_PORT = 1024;

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    @NotSaved("made anew; has nothing to tell in a snapshot")
    private Notice notice;

    private Network network;
    private Inode inode;

    /** AF_INET or AF_INET6. */
    private int domain;

    /** Guarded by the network's lock, like all that follows. */
    private SocketOptions options;

    private IpLevel ipLevel = new IpLevel();
    private boolean released;

    @SuppressWarnings("NullAway.Init")
    InetSocket() {}

    InetSocket(Network network, Inode inode, int domain, SocketOptions options) {
        this.network = network;
        this.inode = inode;
        this.domain = domain;
        this.options = options;
        this.notice = new Notice(network, waitQueue);
    }

    @Override
    public final int domain() {
        return domain;
    }

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public final SocketOptions options() {
        return options;
    }

    final Network network() {
        return network;
    }

    final NetStack stack() {
        return network.stack();
    }

    final IpLevel ipLevel() {
        return ipLevel;
    }

    final boolean isV6() {
        return domain == AF_INET6;
    }

    // ---- what the endpoint knows; with the network's lock held ----

    abstract Endpoint endpoint();

    abstract SocketAddress local();

    /** Null if it is not connected. */
    abstract @Nullable SocketAddress remote();

    abstract @Nullable NetError bindTo(SocketAddress address);

    /** connect(2) with AF_UNSPEC. */
    void disconnect() {
        endpoint().disconnect();
    }

    /** How packets travel. */
    abstract SendOptions way();

    abstract void setWay(SendOptions way);

    /** For the options of groups; null if the socket can have none. */
    @Nullable UdpEndpoint groups() {
        return null;
    }

    /** IP_HDRINCL, of raw sockets. */
    boolean headerIncluded() {
        return false;
    }

    /** Precondition: this is a raw socket. */
    void includeHeader(boolean on) {
        throw new IllegalStateException("no raw socket");
    }

    final @Nullable NetError takeError() {
        return endpoint().takeError();
    }

    abstract boolean isListening();

    /** Something at level SOL_SOCKET, or IPV6_V6ONLY, is another now. */
    abstract void optionsChanged();

    // ---- names ----

    @Override
    public final void bind(Caller caller, byte[] address) throws SyscallException {
        SocketAddress name = bindName(address);
        int port = name.port();
        boolean low = port > 0 && port < FIRST_FREE_PORT && type() != SOCK_RAW;
        if (low && !caller.credentials().has(Capability.CAP_NET_BIND_SERVICE)) {
            throw EACCES.exception();
        }
        try (var _ = network.enter()) {
            scopeTo(address, name.address());
            NetErrors.check(bindTo(name));
        }
    }

    /** Like Linux, an IPv4 address may come without its family if it is 0.0.0.0. */
    private SocketAddress bindName(byte[] address) throws ErrnoException {
        boolean unspecified = domain == AF_INET && Sockaddr.family(address) == AF_UNSPEC;
        if (!unspecified || address.length < Sockaddr.V4_BYTES) {
            return checked(Sockaddr.parse(address, domain));
        }
        byte[] named = address.clone();
        named[0] = AF_INET;
        SocketAddress name = Sockaddr.parse(named, AF_INET);
        if (!name.address().isAny()) throw EAFNOSUPPORT.exception();
        return name;
    }

    /** An address that this socket may speak to or from. */
    private SocketAddress checked(SocketAddress name) throws ErrnoException {
        boolean mapped = isV6() && name.address().isV4();
        if (mapped && ipLevel.isV6Only()) throw EINVAL.exception();
        return name;
    }

    /** The address of a peer as {@code address} names it. */
    final SocketAddress peerName(byte[] address) throws ErrnoException {
        SocketAddress name = Sockaddr.parse(address, domain);
        if (isV6() && name.address().isV4() && ipLevel.isV6Only()) {
            throw ENETUNREACH.exception();
        }
        return name;
    }

    /** A link-local address is one of an interface. */
    final void scopeTo(byte[] address, IpAddress named) {
        int scope = Sockaddr.scope(address);
        if (scope > 0 && named.isLinkLocal()) setWay(way().withNic(scope));
    }

    @Override
    public final byte[] localAddress() {
        try (var _ = network.lock().hold()) {
            return Sockaddr.format(local(), domain, way().nicIndex());
        }
    }

    @Override
    public final byte[] peerAddress() throws ErrnoException {
        try (var _ = network.lock().hold()) {
            SocketAddress peer = remote();
            if (peer == null) throw ENOTCONN.exception();
            return Sockaddr.format(peer, domain, way().nicIndex());
        }
    }

    static boolean dissolves(byte[] address) {
        return address.length >= 2 && Sockaddr.family(address) == AF_UNSPEC;
    }

    // ---- shutdown and close ----

    @Override
    public final void shutdown(int how) throws ErrnoException {
        boolean read = how == SHUT_RD || how == SHUT_RDWR;
        boolean write = how == SHUT_WR || how == SHUT_RDWR;
        if (!read && !write) throw EINVAL.exception();
        try (var _ = network.enter()) {
            NetErrors.check(shut(read, write));
        }
    }

    abstract @Nullable NetError shut(boolean read, boolean write);

    @Override
    public final void release(Caller caller) {
        try (var _ = network.enter()) {
            if (released) return;
            released = true;
            close();
        }
        linger(caller);
        waitQueue.wake(-1);
    }

    void close() {
        endpoint().close();
    }

    /** SO_LINGER, socket(7). */
    void linger(Caller caller) {}

    final Notice notice() {
        return notice;
    }

    // ---- readiness ----

    @Override
    public final int readiness() {
        try (var _ = network.lock().hold()) {
            return pollEvents();
        }
    }

    abstract int pollEvents();

    // ---- options ----

    @Override
    public final byte @Nullable [] option(int level, int name) throws ErrnoException {
        try (var _ = network.enter()) {
            return switch (level) {
                case SOL_SOCKET -> SocketLevel.get(this, name);
                case SOL_IP -> ipLevel.getV4(this, name);
                case SOL_IPV6 -> isV6() ? ipLevel.getV6(this, name) : ownOption(level, name);
                default -> ownOption(level, name);
            };
        }
    }

    /** An option of the protocol's own level; null if there is none. */
    byte @Nullable [] ownOption(int level, int name) throws ErrnoException {
        throw noSuchLevel();
    }

    /** Linux: ip_getsockopt and ipv6_getsockopt differ in this. */
    final ErrnoException noSuchLevel() {
        return (isV6() ? ENOPROTOOPT : EOPNOTSUPP).exception();
    }

    @Override
    public final void setOption(Caller caller, int level, int name, byte[] value)
            throws ErrnoException {
        try (var _ = network.enter()) {
            switch (level) {
                case SOL_SOCKET -> SocketLevel.set(this, caller, name, value);
                case SOL_IP -> ipLevel.setV4(this, caller, name, value);
                case SOL_IPV6 -> {
                    if (!isV6()) throw ENOPROTOOPT.exception();
                    ipLevel.setV6(this, caller, name, value);
                }
                default -> setOwnOption(caller, level, name, value);
            }
        }
    }

    void setOwnOption(Caller caller, int level, int name, byte[] value) throws ErrnoException {
        throw ENOPROTOOPT.exception();
    }

    // ---- ioctls ----

    @Override
    public final long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        Integer value = queueSize(request);
        if (value == null) throw ENOTTY.exception();
        caller.memory().writeInt(arg, value);
        return 0;
    }

    /** SIOCINQ, SIOCOUTQ and the like; null if {@code request} is none of them. */
    abstract @Nullable Integer queueSize(int request) throws ErrnoException;

    @AfterRestore
    private void observeAgain(Restoration restoration) {
        notice = new Notice(network, waitQueue);
        if (!released) endpoint().observe(notice);
    }
}
