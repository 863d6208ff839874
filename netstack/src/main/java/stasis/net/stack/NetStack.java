package stasis.net.stack;

import stasis.net.Entropy;
import stasis.net.IpAddress;
import stasis.net.icmp.IcmpErrors;
import stasis.net.icmp.Icmpv4;
import stasis.net.icmp.Icmpv6;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.IpLayer;
import stasis.net.ip.NetContext;
import stasis.net.ip.Nic;
import stasis.net.link.LinkEndpoint;
import stasis.net.link.Loopback;
import stasis.net.raw.RawProtocol;
import stasis.net.tcp.TcpProtocol;
import stasis.net.tcp.TcpSettings;
import stasis.net.time.Timed;
import stasis.net.udp.UdpProtocol;
import stasis.net.wire.IpProtocol;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

/**
 * A TCP/IP stack. It does nothing by itself: {@link #poll} receives what has arrived and does what
 * is due, {@link #nextPollNanos} says when to call again if nothing arrives. Before a call from
 * outside the stack is told the time with {@link #advanceTo}, which {@code poll} does as well.
 *
 * <p>Precondition of everything here and below: one thread at a time.
 */
@Saved("net.NetStack")
public final class NetStack {
    /** Packets of one interface before the others have their turn. */
    private static final int BUDGET = 64;

    /** Turns in one poll: a flood does not keep the caller for ever. */
    private static final int TURNS = 64;

    private NetContext context;
    private IpLayer ip;
    private Icmpv4 icmp;
    private Icmpv6 icmp6;
    private UdpProtocol udp;
    private TcpProtocol tcp;
    private RawProtocol raw;
    private Nic loopback;

    @SuppressWarnings("NullAway.Init") // for a restore
    private NetStack() {}

    public NetStack(Entropy entropy, TcpSettings settings) {
        context = new NetContext(entropy);
        ip = new IpLayer(context);
        icmp = new Icmpv4(ip);
        icmp6 = new Icmpv6(ip);
        udp = new UdpProtocol(ip);
        tcp = new TcpProtocol(ip, settings);
        raw = new RawProtocol(ip);
        loopback = ip.addNic("lo", new Loopback(), true);
        ip.addAddress(loopback, new InterfaceAddress(IpAddress.LOOPBACK_V4, 8));
        ip.addAddress(loopback, new InterfaceAddress(IpAddress.LOOPBACK_V6, 128));
        connectLayers();
    }

    private void connectLayers() {
        ip.register(IpProtocol.ICMP, icmp);
        ip.register(IpProtocol.ICMPV6, icmp6);
        ip.register(IpProtocol.UDP, udp);
        ip.register(IpProtocol.TCP, tcp);
        ip.tap(raw);
        ip.reportErrorsTo(new IcmpErrors(icmp, icmp6));
    }

    public NetContext context() {
        return context;
    }

    public IpLayer ip() {
        return ip;
    }

    public UdpProtocol udp() {
        return udp;
    }

    public RawProtocol raw() {
        return raw;
    }

    public TcpProtocol tcp() {
        return tcp;
    }

    public Nic loopback() {
        return loopback;
    }

    public Nic addNic(String name, LinkEndpoint link) {
        return ip.addNic(name, link, false);
    }

    /**
     * The link of {@code nic} leads elsewhere now, as after a restore on another host: its new
     * neighbours are told who is here, and connections look at what their paths carry.
     */
    public void moved(Nic nic) {
        ip.moved(nic);
        tcp.pathsChanged();
    }

    /**
     * An address of this host has been replaced by another: connections that had it are reset, who
     * listened there listens here, datagrams come from here.
     */
    public void readdressed(IpAddress from, IpAddress to) {
        tcp.resetConnections(e -> e.localAddress().equals(from));
        tcp.moveListeners(from, to);
        udp.moveEndpoints(from, to);
    }

    public void advanceTo(long nowNanos) {
        context.clock().advanceTo(nowNanos);
    }

    /**
     * Receives what has arrived, does what is due.
     *
     * @return whether there may be more to receive at once
     */
    public boolean poll(long nowNanos) {
        advanceTo(nowNanos);
        boolean more = true;
        for (int i = 0; i < TURNS && more; i++) {
            more = ip.receive(BUDGET);
            context.timers().run(context.now());
            ip.flush();
        }
        return more;
    }

    /**
     * Packets that were sent leave. {@link #poll} does it; after other calls it is for the caller,
     * who may make several first.
     */
    public void flush() {
        ip.flush();
    }

    /** When to call {@link #poll} if nothing arrives; {@link Timed#NEVER}: not at all. */
    public long nextPollNanos() {
        return Math.min(context.timers().nextDeadline(), ip.nextLinkNanos());
    }

    @AfterRestore
    private void reconnectLayers(Restoration restoration) {
        connectLayers();
    }
}
