package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.ip.IcmpError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Transport;
import stasis.net.port.Ports;
import stasis.net.wire.TcpHeader;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** TCP of one stack: whose segment it is that arrives. */
@Saved("net.TcpProtocol")
public final class TcpProtocol implements Transport {
    private IpLayer ip;
    private TcpSettings settings;
    private Ports ports = new Ports();
    private ListenerTable listeners = new ListenerTable();
    private TcpCounters counters = new TcpCounters();
    private KeyedHash tableHash;
    private InitialSequence initial;
    private SynCookies cookies;

    /** In the order in which they will end, if nothing ends them before. */
    private Deque<TcpEndpoint> timeWaits = new ArrayDeque<>();

    private int timeWaitCount;

    /** All connections, the oldest first. */
    private Set<TcpEndpoint> endpoints = new LinkedHashSet<>();

    @NotSaved("filled from endpoints")
    private ConnectionTable connections;

    @NotSaved("nothing arrives in a snapshot")
    private final Segment segment = new Segment();

    @SuppressWarnings("NullAway.Init") // for a restore
    private TcpProtocol() {}

    public TcpProtocol(IpLayer ip, TcpSettings settings) {
        this.ip = ip;
        this.settings = settings;
        this.tableHash = newHash();
        this.initial = new InitialSequence(newHash());
        this.cookies = new SynCookies(newHash(), newHash());
        this.connections = new ConnectionTable(tableHash);
    }

    private KeyedHash newHash() {
        return new KeyedHash(ip.context().random(), ip.context().random());
    }

    /** A new endpoint, closed. */
    public TcpEndpoint open(boolean v6) {
        return new TcpEndpoint(this, v6);
    }

    public TcpSettings settings() {
        return settings;
    }

    /** For connections to come, and timers to come of those that are. */
    public void use(TcpSettings newSettings) {
        settings = newSettings;
    }

    public Ports ports() {
        return ports;
    }

    public TcpCounters counters() {
        return counters;
    }

    /** All connections as of now, those in TIME-WAIT too; listeners are not. */
    public List<TcpEndpoint> connectionList() {
        return List.copyOf(endpoints);
    }

    /** Ends connections on behalf of both sides: the peer gets a reset, the user an error. */
    public void resetConnections(Predicate<TcpEndpoint> which) {
        for (TcpEndpoint e : connectionList()) {
            if (which.test(e)) e.reset(NetError.CONNECTION_RESET);
        }
    }

    /** All that listen. */
    public List<TcpEndpoint> listenerList() {
        return listeners.all();
    }

    /** Who listens at an address that is no longer here listens at another. */
    public void moveListeners(IpAddress from, IpAddress to) {
        for (TcpEndpoint l : listenerList()) {
            if (l.localAddress().equals(from)) l.readdress(to);
        }
    }

    /** Paths may carry less than before, or more. */
    public void pathsChanged() {
        connectionList().forEach(TcpEndpoint::pathChanged);
    }

    public int connectionCount() {
        return connections.count();
    }

    IpLayer ip() {
        return ip;
    }

    ListenerTable listeners() {
        return listeners;
    }

    ConnectionTable connections() {
        return connections;
    }

    InitialSequence initial() {
        return initial;
    }

    SynCookies cookies() {
        return cookies;
    }

    // ---- in ----

    @Override
    public void receive(Inbound in) {
        counters.received++;
        if (in.isToGroup()) return;
        boolean sound = TcpHeader.isValid(in.bytes(), in.start(), in.end());
        if (!sound || !in.hasValidChecksum(in.end() - in.start())) {
            counters.receivedBad++;
            return;
        }
        segment.read(in);
        TcpEndpoint e = find(in);
        if (e != null && e.state() == TcpState.TIME_WAIT && TimeWait.isOver(e, segment)) {
            int floor = e.sender.next() + TimeWait.SEQUENCE_GAP;
            e.destroy(null);
            toListener(in, floor);
        } else if (e != null) {
            TcpStateMachine.segmentArrives(e, segment);
        } else {
            toListener(in, 0);
        }
    }

    private @Nullable TcpEndpoint find(Inbound in) {
        return connections.find(
                in.destinationHigh(),
                in.destinationLow(),
                segment.destinationPort(),
                in.sourceHigh(),
                in.sourceLow(),
                segment.sourcePort());
    }

    private void toListener(Inbound in, int floor) {
        IpAddress local = in.destination();
        int port = segment.destinationPort();
        int pair = port << 16 | segment.sourcePort();
        long hash =
                tableHash.quick(
                        in.destinationHigh(),
                        in.destinationLow(),
                        in.sourceHigh(),
                        in.sourceLow(),
                        pair);
        TcpEndpoint listener = listeners.find(local, port, in.nic().index(), hash >>> 16);
        if (listener != null) Listening.segmentArrives(listener, segment, in, floor);
        else refuse(in, segment);
    }

    /** RFC 9293 3.10.7.1. */
    void refuse(Inbound in, Segment s) {
        if (!s.isRst()) counters.resetsSent++;
        TcpOutput.resetFor(ip, in, s);
    }

    @Override
    public void failed(IcmpError error) {
        SocketPair pair =
                new SocketPair(
                        error.local(), error.localPort(), error.remote(), error.remotePort());
        TcpEndpoint e = connections.find(pair);
        if (e != null) e.failed(error);
    }

    // ---- for endpoints ----

    /** Precondition: its pair is known, and nobody else's. */
    void add(TcpEndpoint e) {
        endpoints.add(e);
        connections.add(e);
    }

    void forget(TcpEndpoint e) {
        endpoints.remove(e);
        connections.remove(e);
        if (e.state() == TcpState.TIME_WAIT) timeWaitCount--;
    }

    /** Bounded, as by tcp_max_tw_buckets; the eldest makes room. */
    void enteredTimeWait(TcpEndpoint e) {
        timeWaits.addLast(e);
        timeWaitCount++;
        while (!timeWaits.isEmpty()) {
            TcpEndpoint eldest = timeWaits.getFirst();
            boolean gone = eldest.state() != TcpState.TIME_WAIT;
            if (!gone && timeWaitCount <= settings.maxTimeWaits()) return;
            timeWaits.removeFirst();
            if (!gone) eldest.ended();
        }
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        connections = new ConnectionTable(tableHash);
        endpoints.forEach(connections::add);
    }
}
