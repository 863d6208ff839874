package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

import stasis.net.Endpoint;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.ip.IcmpError;
import stasis.net.ip.NetContext;
import stasis.net.port.PortBinding;
import stasis.net.wire.TcpOptions;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * A connection, or what listens for some: what a socket stands on. No call waits: what cannot be
 * done now is {@link NetError#WOULD_BLOCK} or {@link NetError#IN_PROGRESS}, and the {@link
 * Readiness.Observer} hears when it can.
 *
 * <p>Precondition of all calls: one thread at a time for a whole stack, and the stack has been told
 * the time.
 */
@Saved("net.TcpEndpoint")
public final class TcpEndpoint implements Endpoint {
    /** What Linux calls TCP_MIN_MSS, and less than which no peer may ask for. */
    static final int LEAST_MSS = 88;

    /** All bits of {@link Readiness}: the end of a connection is news in every respect. */
    private static final int EVERYTHING = 63;

    /** Buffers below that stay for as long as the connection does. */
    private static final int LARGE = 64 << 10;

    private static final long CHALLENGE_INTERVAL = 500_000_000L;
    private static final long RECENT = 120_000_000_000L;

    /** What setsockopt(2) sets. */
    public TcpSocketOptions options = new TcpSocketOptions();

    private TcpProtocol tcp;
    private boolean v6;
    private TcpState state = TcpState.CLOSED;
    private IpAddress localAddress;
    private int localPort;
    private IpAddress remoteAddress;
    private int remotePort;
    private @Nullable PortBinding binding;

    /** bind(2) was called: the port stays after a failure. */
    private boolean boundByUser;

    TcpSender sender;
    TcpReceiver receiver;
    TcpTimers timers;
    LossRecovery recovery;
    RttEstimator rtt;
    CongestionControl congestion;

    private boolean timestampsEnabled;
    private boolean sackEnabled;
    private boolean scalingEnabled;
    private int timestampOffset;

    /** In LISTEN. */
    private @Nullable TcpListener listener;

    /** Whose {@link TcpListener} this is on, until accepted. */
    private @Nullable TcpEndpoint parent;

    private long createdAt;

    /** A connection, or the attempt at one, has ended: as if both directions were shut. */
    private boolean over;

    private boolean closed;
    private boolean readShut;
    private boolean writeShut;
    private @Nullable NetError error;

    /** What ICMP says, if in the end nothing else is said. */
    private @Nullable NetError softError;

    private long heardAt;
    private long challengedAt = Long.MIN_VALUE / 2;
    private long retransmissions;
    private int undone;
    private long bytesReceived;
    private long bytesAcknowledged;

    @NotSaved("whoever observes registers again")
    private Readiness.Observer observer = Readiness.Observer.NONE;

    @SuppressWarnings("NullAway.Init") // for a restore
    private TcpEndpoint() {}

    @SuppressWarnings("NullAway.Init") // the halves are made by begin()
    TcpEndpoint(TcpProtocol tcp, boolean v6) {
        this.tcp = tcp;
        this.v6 = v6;
        this.localAddress = v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
        this.remoteAddress = localAddress;
        begin(0);
    }

    /** Fresh halves for a connection that begins at {@code iss}. */
    private void begin(int iss) {
        TcpSettings settings = tcp.settings();
        rtt = new RttEstimator();
        congestion = newCongestionControl();
        sender = new TcpSender(this, iss);
        receiver = new TcpReceiver(this, firstWindow(), scaleToOffer());
        recovery = new LossRecovery(this, iss);
        if (timers == null) timers = new TcpTimers(this);
        timestampsEnabled = settings.timestamps();
        sackEnabled = settings.sack();
        scalingEnabled = settings.windowScaling();
        createdAt = tcp.ip().context().now();
        heardAt = createdAt;
    }

    private CongestionControl newCongestionControl() {
        boolean cubic =
                switch (options.congestion) {
                    case DEFAULT -> tcp.settings().cubic();
                    case CUBIC -> true;
                    case RENO -> false;
                };
        return cubic ? new Cubic() : new Reno();
    }

    /** What a connection with these options offers first. */
    int firstWindow() {
        return options.receiveBytes > 0 ? options.receiveBytes : settings().receiveBytes();
    }

    /** RFC 7323 2.2: so that the largest window can be said in 16 bits. */
    int scaleToOffer() {
        if (!settings().windowScaling()) return 0;
        int own = options.receiveBytes;
        int most = own > 0 ? own : settings().maxReceiveBytes();
        int scale = 0;
        while (scale < TcpOptions.MAX_SCALE && most >> scale > 0xffff) scale++;
        return scale;
    }

    // ---- what it is ----

    public TcpState state() {
        return state;
    }

    public boolean isV6() {
        return v6;
    }

    public IpAddress localAddress() {
        return localAddress;
    }

    public int localPort() {
        return localPort;
    }

    public IpAddress remoteAddress() {
        return remoteAddress;
    }

    public int remotePort() {
        return remotePort;
    }

    public SocketAddress local() {
        return new SocketAddress(localAddress, localPort);
    }

    /** Null unless connected, or about to be. */
    public @Nullable SocketAddress remote() {
        boolean has = state != TcpState.CLOSED && state != TcpState.LISTEN;
        return has ? new SocketAddress(remoteAddress, remotePort) : null;
    }

    SocketPair pair() {
        return new SocketPair(localAddress, localPort, remoteAddress, remotePort);
    }

    TcpProtocol protocol() {
        return tcp;
    }

    TcpSettings settings() {
        return tcp.settings();
    }

    NetContext context() {
        return tcp.ip().context();
    }

    long now() {
        return tcp.ip().context().now();
    }

    @Nullable TcpListener listener() {
        return listener;
    }

    @Nullable TcpEndpoint parent() {
        return parent;
    }

    boolean isTimestampsEnabled() {
        return timestampsEnabled;
    }

    boolean isSackEnabled() {
        return sackEnabled;
    }

    boolean offersScale() {
        return scalingEnabled;
    }

    /** RFC 7323 5.4: milliseconds, from a start that is nobody else's. */
    int timestampAt(long nanos) {
        return (int) (nanos / 1_000_000) + timestampOffset;
    }

    boolean isClosedByUser() {
        return closed;
    }

    boolean isPassive() {
        return parent != null;
    }

    long createdAt() {
        return createdAt;
    }

    long heardAt() {
        return heardAt;
    }

    boolean heardRecently() {
        return now() - heardAt < RECENT;
    }

    int handshakeRetries() {
        if (state == TcpState.SYN_RECEIVED) return settings().synAckRetries();
        return options.synRetries > 0 ? options.synRetries : settings().synRetries();
    }

    // ---- segment sizes, RFC 9293 3.7.1 ----

    private int headerBytes() {
        return (remoteAddress.isV4() ? 20 : 40) + 20;
    }

    /** What this path carries in a segment without options. */
    int pathMss() {
        int mtu = tcp.ip().mtuTo(remoteAddress, options.packets.nicIndex());
        return mtu == 0 ? 536 : mtu - headerBytes();
    }

    /** What the peer is told: by the interface, not by what is known of the path. */
    int ownMss() {
        int byLink = tcp.ip().linkMtuTo(remoteAddress, options.packets.nicIndex()) - headerBytes();
        int mss = byLink <= 0 ? 536 : byLink;
        if (options.maxSegment > 0) mss = Math.min(mss, options.maxSegment);
        return Math.clamp(mss, LEAST_MSS, 0xffff);
    }

    // ---- bind, listen, accept ----

    /** bind(2). Port 0: any. */
    public @Nullable NetError bind(SocketAddress address) {
        if (state != TcpState.CLOSED || binding != null) return NetError.INVALID;
        IpAddress a = address.address();
        if (!a.isAny() && !tcp.ip().isLocal(a)) return NetError.ADDRESS_NOT_AVAILABLE;
        PortBinding b = newBinding(a, address.port());
        NetError failed = tcp.ports().bind(b, context().random());
        if (failed != null) return failed;
        binding = b;
        boundByUser = true;
        localAddress = a;
        localPort = b.port();
        return null;
    }

    private PortBinding newBinding(IpAddress a, int port) {
        return new PortBinding(
                a,
                port,
                options.v6Only,
                options.reuseAddress,
                options.reusePort,
                options.owner,
                options.packets.nicIndex());
    }

    /** The address that this was bound to is another now. Precondition: no connection has it. */
    void readdress(IpAddress to) {
        localAddress = to;
        if (binding != null) binding.moveTo(to);
    }

    /** listen(2); a second call changes the backlog. */
    public @Nullable NetError listen(int backlog) {
        TcpListener mine = listener;
        if (mine != null) {
            mine.setBacklog(backlog);
            return null;
        }
        if (state != TcpState.CLOSED) return NetError.INVALID;
        if (binding == null) {
            NetError failed = bind(new SocketAddress(localAddress, 0));
            if (failed != null) return failed;
        }
        if (binding != null) {
            NetError failed = tcp.ports().listen(binding);
            if (failed != null) return failed;
        }
        listener = new TcpListener(Math.max(backlog, 0));
        state = TcpState.LISTEN;
        tcp.listeners().add(this);
        return null;
    }

    /** accept(2): null if none is there. */
    public @Nullable TcpEndpoint accept() {
        TcpListener mine = listener;
        TcpEndpoint e = mine == null ? null : mine.accept();
        if (e != null) e.parent = null;
        return e;
    }

    /**
     * A half-open child of this listener: the SYN, or what a cookie says of it, is {@code peer}.
     */
    TcpEndpoint newChild(SocketPair pair, int iss) {
        TcpEndpoint e = new TcpEndpoint(tcp, v6);
        e.options = options.copy();
        e.localAddress = pair.local();
        e.localPort = pair.localPort();
        e.remoteAddress = pair.remote();
        e.remotePort = pair.remotePort();
        e.begin(iss);
        e.parent = this;
        e.state = TcpState.SYN_RECEIVED;
        e.timestampOffset = tcp.initial().timestampOffset(pair);
        if (binding != null) {
            e.binding = binding.forAccepted(pair.local());
            tcp.ports().share(e.binding);
        }
        tcp.add(e);
        return e;
    }

    // ---- connect ----

    /** connect(2): {@link NetError#IN_PROGRESS} if all is well. */
    public NetError connect(SocketAddress address) {
        if (state == TcpState.SYN_SENT) return NetError.ALREADY_IN_PROGRESS;
        if (state != TcpState.CLOSED) return NetError.ALREADY_CONNECTED;
        IpAddress to = address.address();
        // as Linux: the unspecified address is this host
        if (to.isAny()) to = to.isV4() ? IpAddress.LOOPBACK_V4 : IpAddress.LOOPBACK_V6;
        boolean group = to.isMulticast() || tcp.ip().isBroadcast(to);
        if (group || address.port() == 0) return NetError.NO_ROUTE;
        IpAddress source = localAddress;
        if (source.isAny()) source = tcp.ip().sourceFor(to, options.packets.nicIndex());
        if (source == null) return NetError.NO_ROUTE;
        if (source.isV4() != to.isV4()) return NetError.ADDRESS_NOT_AVAILABLE;
        NetError failed = claim(source, to, address.port());
        if (failed != null) return failed;
        localAddress = source;
        remoteAddress = to;
        remotePort = address.port();
        start();
        return state == TcpState.SYN_SENT ? NetError.IN_PROGRESS : takeErrorOr(NetError.NO_ROUTE);
    }

    private NetError takeErrorOr(NetError other) {
        NetError e = takeError();
        return e == null ? other : e;
    }

    private @Nullable NetError claim(IpAddress source, IpAddress to, int port) {
        if (binding != null) {
            SocketPair pair = new SocketPair(source, localPort, to, port);
            boolean taken = tcp.connections().find(pair) != null;
            return taken ? NetError.ADDRESS_NOT_AVAILABLE : null;
        }
        PortBinding b = newBinding(source, 0);
        NetError failed =
                tcp.ports()
                        .connect(
                                b,
                                context().random(),
                                p ->
                                        tcp.connections().find(new SocketPair(source, p, to, port))
                                                == null);
        if (failed != null) return failed;
        binding = b;
        localPort = b.port();
        return null;
    }

    /** RFC 9293 3.10.1: an active OPEN. */
    private void start() {
        begin(tcp.initial().sequence(pair(), now()));
        timestampOffset = tcp.initial().timestampOffset(pair());
        error = null;
        softError = null;
        over = false;
        readShut = false;
        writeShut = false;
        state = TcpState.SYN_SENT;
        tcp.add(this);
        tcp.counters().activeOpens++;
        sender.synSent();
        timers.armHandshake();
        TcpOutput.syn(this, false);
    }

    void repeatHandshake() {
        tcp.counters().retransmitted++;
        retransmissions++;
        TcpOutput.syn(this, state == TcpState.SYN_RECEIVED);
    }

    /** What the peer's SYN offers, and so what both use. */
    void agree(TcpOptions peer) {
        agree(peer.hasTimestamps(), peer.sackPermitted(), peer.scale(), peer.mss());
        if (timestampsEnabled) receiver.takeFirstTimestamp(peer.tsVal());
    }

    void agree(boolean timestamps, boolean sack, int scale, int mss) {
        timestampsEnabled &= timestamps;
        sackEnabled &= sack;
        // RFC 7323 2.2: both or none
        scalingEnabled &= scale >= 0;
        if (!scalingEnabled) receiver.scaleBy(0);
        sender.agreeOn(mss, scalingEnabled ? scale : 0);
        sender.refreshMss();
        congestion.begin(sender.mss());
    }

    /** The peer's SYN is {@code seq}, and this end answers it. */
    void synReceived(int seq) {
        receiver.begin(seq);
        state = TcpState.SYN_RECEIVED;
        sender.synSent();
    }

    void established(Segment s) {
        boolean once = timers.purpose() == TcpTimers.Purpose.HANDSHAKE && timers.attempts() == 0;
        if (once) rtt.sample(now() - createdAt, 1, now());
        state = sender.isFinQueued() ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
        timers.handshakeDone();
        congestion.begin(sender.mss());
        if (parent != null) {
            tcp.counters().passiveOpens++;
            TcpListener queue = parent.listener;
            if (queue != null) queue.established(this);
            parent.notify(Readiness.READABLE);
        } else {
            notify(Readiness.WRITABLE);
        }
    }

    // ---- data ----

    /** send(2) of what follows; {@code more} (MSG_MORE): hold back what is no full segment. */
    public int send(MemorySegment from, long at, long count, boolean more) {
        NetError refused = refusesToSend();
        if (refused != null) return refused.asResult();
        if (count == 0) return 0;
        int n = sender.append(from, at, count);
        if (n > 0) sender.output(more && n == count);
        if (footprint() > LARGE) timers.armTrim();
        return n;
    }

    /** send(2) with MSG_OOB: the last byte is the urgent one. */
    public int sendUrgent(MemorySegment from, long at, long count) {
        NetError refused = refusesToSend();
        if (refused != null) return refused.asResult();
        if (count == 0) return 0;
        int n = sender.append(from, at, count);
        if (n == count) sender.markUrgent();
        if (n > 0) sender.output(false);
        return n;
    }

    private @Nullable NetError refusesToSend() {
        NetError failed = takeError();
        if (failed != null) return failed;
        if (writeShut) return NetError.SHUT_DOWN;
        return switch (state) {
            case SYN_SENT, SYN_RECEIVED -> NetError.WOULD_BLOCK;
            case ESTABLISHED, CLOSE_WAIT -> null;
            default -> NetError.SHUT_DOWN;
        };
    }

    /** recv(2): 0 at the end of the stream. */
    public int receive(MemorySegment to, long at, long count, boolean peek) {
        if (state == TcpState.LISTEN) return NetError.NOT_CONNECTED.asResult();
        int n = count > 0 ? receiver.read(to, at, count, peek) : 0;
        if (n > 0 && footprint() > LARGE) timers.armTrim();
        if (n > 0 || count == 0) return n;
        return nothingToRead();
    }

    private int nothingToRead() {
        if (receiver.isFinished()) return 0;
        NetError failed = takeError();
        if (failed != null) return failed.asResult();
        if (readShut || over) return 0;
        boolean closedNow = state == TcpState.CLOSED;
        return (closedNow ? NetError.NOT_CONNECTED : NetError.WOULD_BLOCK).asResult();
    }

    /** recv(2) with MSG_OOB: the byte's value. */
    public int receiveUrgent(boolean peek) {
        return receiver.readUrgent(peek);
    }

    /** SIOCATMARK. */
    public boolean isAtUrgentMark() {
        return receiver.isAtMark();
    }

    /** FIONREAD. */
    public int readable() {
        return receiver.readable();
    }

    /** SIOCOUTQ. */
    public int unacknowledged() {
        return sender.queued();
    }

    public int unsent() {
        return sender.unsent();
    }

    /** An option changed that could let data go, or start or end keepalive probes. */
    public void optionsChanged() {
        if (options.receiveBytes > 0) receiver.limitTo(options.receiveBytes);
        if (state.isSynchronized() && state != TcpState.TIME_WAIT) {
            timers.armKeepAlive();
            sender.output(false);
        }
    }

    /** TCP_QUICKACK. */
    public void quickAcks(boolean on) {
        receiver.quickAcks(on);
        if (state.mayReceive() && receiver.isAckDue()) TcpOutput.ack(this);
    }

    // ---- the end ----

    /** shutdown(2) with SHUT_RD. */
    public @Nullable NetError shutdownRead() {
        if (state == TcpState.CLOSED) return NetError.NOT_CONNECTED;
        readShut = true;
        if (state == TcpState.LISTEN) stopListening();
        notify(Readiness.READABLE | Readiness.PEER_CLOSED | hangUp());
        return null;
    }

    /** shutdown(2) with SHUT_WR. */
    public @Nullable NetError shutdownWrite() {
        if (state == TcpState.CLOSED) return NetError.NOT_CONNECTED;
        if (state == TcpState.LISTEN || writeShut) return null;
        writeShut = true;
        if (state == TcpState.SYN_SENT) destroy(null);
        else finish();
        notify(Readiness.WRITABLE | hangUp());
        return null;
    }

    private int hangUp() {
        return (readShut || receiver.isFinished()) && writeShut ? Readiness.HANG_UP : 0;
    }

    /** RFC 9293 3.10.4, for the states in which there is something to say. */
    private void finish() {
        switch (state) {
            case SYN_RECEIVED -> {}
            case ESTABLISHED -> state = TcpState.FIN_WAIT_1;
            case CLOSE_WAIT -> state = TcpState.LAST_ACK;
            default -> {
                return;
            }
        }
        sender.queueFin();
        sender.output(false);
    }

    /**
     * close(2): the user is gone; what was sent goes on by itself. Whoever wants to know when all
     * of it is acknowledged (SO_LINGER) may observe again.
     */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        observer = Readiness.Observer.NONE;
        readShut = true;
        boolean unread = receiver.unread() > 0;
        switch (state) {
            case CLOSED -> releasePort();
            case LISTEN -> stopListening();
            case SYN_SENT -> destroy(null);
            case TIME_WAIT -> receiver.free();
            default -> {
                // RFC 9293 3.10.4 as RFC 2525 2.17 would have it: lost data are not silently lost
                if (unread && state != TcpState.LAST_ACK) {
                    reset(null);
                } else {
                    writeShut = true;
                    finish();
                    if (state == TcpState.FIN_WAIT_2) limitFinWait();
                }
            }
        }
    }

    /** close(2) with SO_LINGER and no time: RFC 9293 3.10.5. */
    public void abort() {
        closed = true;
        observer = Readiness.Observer.NONE;
        switch (state) {
            case CLOSED -> releasePort();
            case LISTEN -> stopListening();
            case SYN_SENT, TIME_WAIT -> destroy(null);
            default -> reset(null);
        }
    }

    /** connect(2) with AF_UNSPEC: as new, but for the options and a port that was asked for. */
    @Override
    public void disconnect() {
        Readiness.Observer kept = observer;
        boolean wasClosed = closed;
        abort();
        closed = wasClosed;
        observer = kept;
        error = null;
        over = false;
        readShut = false;
        writeShut = false;
        if (!boundByUser) localAddress = v6 ? IpAddress.ANY_V6 : IpAddress.ANY_V4;
        receiver.free();
    }

    private void stopListening() {
        TcpListener mine = listener;
        listener = null;
        tcp.listeners().remove(this);
        state = TcpState.CLOSED;
        if (mine != null) mine.abortAll();
        if (closed) releasePort();
    }

    void reset(@Nullable NetError why) {
        TcpOutput.reset(this);
        tcp.counters().resetsSent++;
        destroy(why);
    }

    /** The connection is no more. */
    void destroy(@Nullable NetError why) {
        if (state == TcpState.CLOSED) return;
        boolean handshake = state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED;
        if (handshake) tcp.counters().attemptsFailed++;
        tcp.forget(this);
        state = TcpState.CLOSED;
        over = true;
        timers.cancelAll();
        sender.free();
        if (why != null) error = why;
        if (closed) receiver.free();
        if (closed || !boundByUser) releasePort();
        if (parent != null && parent.listener != null) parent.listener.failed(this);
        observer.happened(EVERYTHING);
    }

    private void releasePort() {
        if (binding != null) tcp.ports().release(binding);
        binding = null;
    }

    void timedOut() {
        destroy(softError != null ? softError : NetError.TIMED_OUT);
    }

    /** TIME-WAIT is over, or nobody waits for the FIN any more. */
    void ended() {
        destroy(null);
    }

    /** RFC 9293 3.6.1. */
    void enterTimeWait() {
        boolean again = state == TcpState.TIME_WAIT;
        state = TcpState.TIME_WAIT;
        timers.cancelAll();
        timers.armEnd(settings().timeWaitNanos());
        if (again) return;
        sender.free();
        if (closed) receiver.free();
        tcp.enteredTimeWait(this);
    }

    void finAcknowledged() {
        state = TcpState.FIN_WAIT_2;
        if (closed) limitFinWait();
        // whoever lingers in close(2) waits for this
        notify(Readiness.WRITABLE);
    }

    /** tcp(7), tcp_fin_timeout: a peer that never ends must not be waited for by nobody. */
    private void limitFinWait() {
        long own = options.finTimeoutNanos;
        timers.armEnd(own > 0 ? own : settings().finTimeoutNanos());
    }

    /** RFC 9293 3.10.7.4, eighth. */
    void finReceived() {
        switch (state) {
            case SYN_RECEIVED, ESTABLISHED -> state = TcpState.CLOSE_WAIT;
            case FIN_WAIT_1 -> state = TcpState.CLOSING;
            case FIN_WAIT_2 -> enterTimeWait();
            default -> {}
        }
        notify(Readiness.READABLE | Readiness.PEER_CLOSED | hangUp());
    }

    void become(TcpState next) {
        state = next;
    }

    // ---- what arrives ----

    void countReceived(int bytes) {
        bytesReceived += bytes;
    }

    void heard() {
        heardAt = now();
        timers.heardFromPeer();
    }

    void acknowledged(int bytes) {
        bytesAcknowledged += bytes;
        timers.acknowledgedNew();
        softError = null;
        if (sender.roomCame()) notify(Readiness.WRITABLE);
        tcp.ip().confirm(remoteAddress, options.packets.nicIndex());
    }

    /** After a segment: sends what it let go, and an acknowledgment if none went with that. */
    void respond() {
        sender.output(false);
        if (receiver.isAckDue()) TcpOutput.ack(this);
        else if (receiver.isAckOwed()) timers.armDelayedAck();
        if (!receiver.isAckOwed()) timers.cancelDelayedAck();
        if (footprint() > LARGE) timers.armTrim();
    }

    /** What was large once need not stay so while nothing happens. */
    void giveBuffersBack() {
        sender.freeIfEmpty();
        receiver.freeIfEmpty();
    }

    /** RFC 5961 7: no more than so many, and by connection, lest the number tell of others. */
    void challenge() {
        if (now() - challengedAt < CHALLENGE_INTERVAL) return;
        challengedAt = now();
        tcp.counters().challengeAcks++;
        TcpOutput.ack(this);
    }

    /** ICMP: RFC 5927 4 has the sequence number checked first. */
    void failed(IcmpError e) {
        boolean known = SequenceNumber.atOrAfter(e.seq(), sender.una());
        known &= SequenceNumber.before(e.seq(), sender.next());
        if (!known || state == TcpState.TIME_WAIT || state == TcpState.CLOSED) return;
        if (e.error() == NetError.MESSAGE_TOO_LONG) {
            pathNarrowed(e.mtu());
        } else if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
            destroy(e.error());
        } else {
            softError = e.error();
        }
    }

    private void pathNarrowed(int mtu) {
        tcp.ip().learnMtu(remoteAddress, mtu);
        pathChanged();
    }

    void pathChanged() {
        if (!state.isSynchronized() || !sender.refreshMss()) return;
        recovery.pathShrank();
        sender.output(false);
    }

    void softError(NetError e) {
        softError = e;
    }

    void countRetransmission() {
        retransmissions++;
    }

    void undone() {
        undone++;
    }

    // ---- readiness ----

    /** Who hears of events; one at a time. */
    @Override
    public void observe(Readiness.Observer newObserver) {
        observer = newObserver;
    }

    void notify(int events) {
        observer.happened(events);
    }

    /** What can be done now, as Linux's tcp_poll sees it. */
    @Override
    public int readiness() {
        TcpListener mine = listener;
        if (mine != null) return mine.readyCount() > 0 ? Readiness.READABLE : 0;
        boolean ended = readShut || over || receiver.isFinished();
        int bits = error != null ? Readiness.ERROR : 0;
        if (ended && writeShut || state == TcpState.CLOSED) bits |= Readiness.HANG_UP;
        if (ended) bits |= Readiness.READABLE | Readiness.PEER_CLOSED;
        if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) return bits;
        if (receiver.readable() > 0) bits |= Readiness.READABLE;
        if (receiver.urgent().state() == Urgent.Stage.ARRIVED) bits |= Readiness.URGENT;
        if (writeShut || state == TcpState.CLOSED || sender.hasRoom()) bits |= Readiness.WRITABLE;
        else sender.wantRoom();
        return bits;
    }

    /** SO_ERROR: what went wrong, once. */
    @Override
    public @Nullable NetError takeError() {
        NetError e = error;
        error = null;
        return e;
    }

    public TcpInfo info() {
        return TcpInfo.of(this);
    }

    long retransmissions() {
        return retransmissions;
    }

    int undoneCount() {
        return undone;
    }

    long bytesReceived() {
        return bytesReceived;
    }

    long bytesAcknowledged() {
        return bytesAcknowledged;
    }

    /** Of a listener: connections that wait to be accepted. */
    public int backlogReady() {
        TcpListener mine = listener;
        return mine == null ? 0 : mine.readyCount();
    }

    /** Of a listener: handshakes not yet complete. */
    public int backlogHalfOpen() {
        TcpListener mine = listener;
        return mine == null ? 0 : mine.halfOpenCount();
    }

    /** Memory for data, both ways. */
    public int footprint() {
        return sender.footprint() + receiver.footprint();
    }
}
