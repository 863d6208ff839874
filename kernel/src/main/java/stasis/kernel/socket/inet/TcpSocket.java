package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EALREADY;
import static stasis.abi.Errno.ECONNABORTED;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISCONN;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Ioctls.SIOCATMARK;
import static stasis.abi.Ioctls.SIOCINQ;
import static stasis.abi.Ioctls.SIOCOUTQ;
import static stasis.abi.Ioctls.SIOCOUTQNSD;
import static stasis.abi.Ip.IPPROTO_TCP;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.MSG_FASTOPEN;
import static stasis.abi.Socket.MSG_MORE;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.MSG_TRUNC;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.SOL_TCP;
import static stasis.abi.Socket.SOMAXCONN;
import static stasis.abi.Socket.SO_KEEPALIVE;
import static stasis.abi.Socket.SO_OOBINLINE;
import static stasis.abi.Socket.SO_REUSEADDR;
import static stasis.abi.Socket.SO_REUSEPORT;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.net.Network;
import stasis.kernel.net.Notice;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.Waiter;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.SendOptions;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpState;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** SOCK_STREAM, tcp(7): a connection, or what listens for some. */
@Saved("inet.TcpSocket")
public final class TcpSocket extends InetSocket {
    /** net.ipv4.tcp_wmem and tcp_rmem, the middle ones. */
    private static final int SEND_BUFFER = 16384;

    private static final int RECEIVE_BUFFER = 131072;
    private static final long SECOND = 1_000_000_000;

    private TcpEndpoint endpoint;

    /** connect(2) has begun and nobody has been told yet how it ended. */
    private boolean connecting;

    /** SO_SNDBUF and SO_RCVBUF as they began: until they are set, the stack chooses. */
    private int firstSendBuffer = SEND_BUFFER;

    private int firstReceiveBuffer = RECEIVE_BUFFER;

    @SuppressWarnings("NullAway.Init")
    private TcpSocket() {}

    private TcpSocket(Network network, Inode inode, int domain, TcpEndpoint endpoint) {
        super(network, inode, domain, new SocketOptions(SEND_BUFFER, RECEIVE_BUFFER));
        this.endpoint = endpoint;
        endpoint.options.number = inode.ino();
        endpoint.observe(notice());
    }

    public static TcpSocket open(Network network, Inode inode, Caller caller, int domain) {
        try (var _ = network.enter()) {
            TcpEndpoint e = network.stack().tcp().open(domain == AF_INET6);
            e.options.owner = caller.credentials().fsuid();
            return new TcpSocket(network, inode, domain, e);
        }
    }

    @Override
    TcpEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public int type() {
        return SOCK_STREAM;
    }

    @Override
    public int protocol() {
        return IPPROTO_TCP;
    }

    @Override
    SocketAddress local() {
        return endpoint.local();
    }

    @Override
    @Nullable SocketAddress remote() {
        boolean has = endpoint.state() != TcpState.SYN_SENT && !isOver();
        return has ? endpoint.remote() : null;
    }

    /** Like Linux, where what waits in TIME_WAIT is no socket any more. */
    private boolean isOver() {
        return endpoint.state() == TcpState.CLOSED || endpoint.state() == TcpState.TIME_WAIT;
    }

    @Override
    @Nullable NetError bindTo(SocketAddress address) {
        return endpoint.bind(address);
    }

    @Override
    void disconnect() {
        connecting = false;
        endpoint.disconnect();
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
    boolean isListening() {
        return endpoint.state() == TcpState.LISTEN;
    }

    @Override
    void optionsChanged() {
        var to = endpoint.options;
        SocketOptions from = options();
        to.reuseAddress = from.isOn(SO_REUSEADDR);
        to.reusePort = from.isOn(SO_REUSEPORT);
        to.keepAlive = from.isOn(SO_KEEPALIVE);
        to.urgentInline = from.isOn(SO_OOBINLINE);
        to.v6Only = ipLevel().isV6Only();
        // Like Linux, half of a buffer is for what it takes to keep data
        if (from.sendBuffer() != firstSendBuffer) to.sendBytes = from.sendBuffer() / 2;
        if (from.receiveBuffer() != firstReceiveBuffer) {
            to.receiveBytes = from.receiveBuffer() / 2;
        }
        endpoint.optionsChanged();
    }

    // ---- connections ----

    @Override
    public void listen(Caller caller, int wanted) throws ErrnoException {
        try (var _ = network().enter()) {
            int backlog = wanted < 0 || wanted > SOMAXCONN ? SOMAXCONN : wanted;
            NetErrors.check(endpoint.listen(backlog));
        }
        waitQueue().wake(-1);
    }

    @Override
    public SocketFile accept(Caller caller) throws ErrnoException {
        Inode inode = AnonymousFilesystem.newSocket(inode().filesystem().vfs(), caller);
        try (var _ = network().enter()) {
            if (!isListening()) throw EINVAL.exception();
            TcpEndpoint next = endpoint.accept();
            if (next == null) throw EAGAIN.exception();
            TcpSocket accepted = new TcpSocket(network(), inode, domain(), next);
            accepted.options().copyFrom(options());
            accepted.ipLevel().copyFrom(ipLevel());
            return accepted;
        }
    }

    /**
     * EINPROGRESS when the handshake begins, EALREADY while it goes on, then once how it ended;
     * Linux: __inet_stream_connect.
     */
    @Override
    public void connect(Caller caller, byte[] address) throws ErrnoException {
        if (dissolves(address)) {
            try (var _ = network().enter()) {
                disconnect();
            }
            waitQueue().wake(-1);
            return;
        }
        SocketAddress peer = peerName(address);
        try (var _ = network().enter()) {
            if (connecting) {
                finishConnect();
                return;
            }
            if (isListening()) throw EISCONN.exception();
            scopeTo(address, peer.address());
            NetError begun = endpoint.connect(peer);
            connecting = begun == NetError.IN_PROGRESS;
            throw NetErrors.errno(begun).exception();
        }
    }

    private void finishConnect() throws ErrnoException {
        TcpState state = endpoint.state();
        if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
            throw EALREADY.exception();
        }
        connecting = false;
        if (state != TcpState.CLOSED) return;
        NetError why = endpoint.takeError();
        endpoint.disconnect();
        if (why == null) throw ECONNABORTED.exception();
        NetErrors.check(why);
    }

    @Override
    @Nullable NetError shut(boolean read, boolean write) {
        if (isOver()) return NetError.NOT_CONNECTED;
        if (read) NetErrors.ignore(endpoint.shutdownRead());
        if (write) NetErrors.ignore(endpoint.shutdownWrite());
        return null;
    }

    @Override
    void close() {
        if (options().lingerSeconds() == 0) endpoint.abort();
        else endpoint.close();
    }

    /** Until everything that was sent is acknowledged, or the time is up. */
    @Override
    void linger(Caller caller) {
        long seconds = options().lingerSeconds();
        if (seconds <= 0 || !isUnfinished()) return;
        long deadline = caller.monotonicClock().now() + seconds * SECOND;
        try (var _ = network().lock().hold()) {
            endpoint.observe(notice());
        }
        Waiter waiter = new Waiter(caller, -1);
        waitQueue().add(waiter);
        try {
            do {
                caller.prepareSleep();
                if (!isUnfinished()) return;
            } while (caller.sleep(deadline, RestartException.EINTR_UNLESS_CHECKPOINT));
        } catch (RestartException e) {
            // A signal ends it. Unlike Linux, so does a checkpoint: the descriptor is gone.
        } finally {
            waitQueue().remove(waiter);
        }
    }

    private boolean isUnfinished() {
        try (var _ = network().lock().hold()) {
            return switch (endpoint.state()) {
                case FIN_WAIT_1, CLOSING, LAST_ACK -> true;
                default -> false;
            };
        }
    }

    // ---- data ----

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        try (var _ = network().enter()) {
            return NetErrors.count(endpoint.receive(to, at, length, false));
        }
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        int n;
        try (var _ = network().enter()) {
            n = endpoint.send(from, at, length, false);
        }
        if (n < 0 && NetError.of(n) == NetError.SHUT_DOWN) caller.raiseSigpipe();
        return NetErrors.count(n);
    }

    /** Like Linux, an address is not looked at. */
    @Override
    public long send(Caller caller, Outgoing out) throws SyscallException {
        if (out.has(MSG_FASTOPEN)) throw EOPNOTSUPP.exception();
        try (var _ = network().enter()) {
            return NetErrors.count(
                    out.has(MSG_OOB)
                            ? endpoint.sendUrgent(out.data(), out.at(), out.length())
                            : endpoint.send(out.data(), out.at(), out.length(), out.has(MSG_MORE)));
        }
    }

    @Override
    public long receive(Caller caller, Incoming in) throws SyscallException {
        try (var _ = network().enter()) {
            if (in.has(MSG_OOB)) return receiveUrgent(in);
            long n = NetErrors.count(endpoint.receive(in.to(), in.at(), in.length(), in.peeks()));
            in.fullLength = n;
            return n;
        }
    }

    /** Linux: tcp_recv_urg. */
    private long receiveUrgent(Incoming in) throws ErrnoException {
        if (endpoint.state() == TcpState.CLOSED) return 0;
        int value = (int) NetErrors.count(endpoint.receiveUrgent(in.peeks()));
        in.outFlags |= MSG_OOB;
        if (in.length() == 0) {
            in.outFlags |= MSG_TRUNC;
            return 0;
        }
        in.to().set(ValueLayout.JAVA_BYTE, in.at(), (byte) value);
        in.fullLength = 1;
        return 1;
    }

    @Override
    int pollEvents() {
        return Notice.pollEvents(endpoint.readiness());
    }

    // ---- options ----

    @Override
    byte @Nullable [] ownOption(int level, int name) throws ErrnoException {
        if (level != SOL_TCP) throw noSuchLevel();
        return TcpLevel.get(this, name);
    }

    @Override
    void setOwnOption(Caller caller, int level, int name, byte[] value) throws ErrnoException {
        if (level != SOL_TCP) throw ENOPROTOOPT.exception();
        TcpLevel.set(this, name, value);
    }

    @Override
    @Nullable Integer queueSize(int request) throws ErrnoException {
        try (var _ = network().lock().hold()) {
            return switch (request) {
                case SIOCINQ -> {
                    if (isListening()) throw EINVAL.exception();
                    yield endpoint.readable();
                }
                case SIOCOUTQ -> {
                    if (isListening()) throw EINVAL.exception();
                    yield endpoint.unacknowledged();
                }
                case SIOCOUTQNSD -> {
                    if (isListening()) throw EINVAL.exception();
                    yield endpoint.unsent();
                }
                case SIOCATMARK -> endpoint.isAtUrgentMark() ? 1 : 0;
                default -> null;
            };
        }
    }
}
