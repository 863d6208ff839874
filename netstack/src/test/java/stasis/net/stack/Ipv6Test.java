package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.bytes;
import static stasis.net.stack.Talk.text;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Neighbor;
import stasis.net.ip.Nic;
import stasis.net.link.Faults;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.link.Veth;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.udp.Datagram;
import stasis.net.udp.UdpEndpoint;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv6Extension;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.NdpMessage;
import stasis.net.wire.UdpHeader;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

class Ipv6Test {
    private static final IpAddress A = new IpAddress(0x20010db8L << 32, 1);
    private static final IpAddress B = new IpAddress(0x20010db8L << 32, 2);
    private static final IpAddress LINK_PEER = new IpAddress(0xfe80L << 48, 2);
    private static final long MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0002L;
    private static final long SECOND = 1_000_000_000L;
    private static final int ETH = EthernetHeader.LENGTH;
    private static final int BODY = ETH + Ipv6Header.LENGTH;

    private static TwoStacks net(Faults faults) {
        TwoStacks net = new TwoStacks(faults, 3);
        net.a.ip().addAddress(nic(net.a), new InterfaceAddress(A, 64));
        net.b.ip().addAddress(nic(net.b), new InterfaceAddress(B, 64));
        return net;
    }

    private static Nic nic(NetStack stack) {
        return Objects.requireNonNull(stack.ip().nic(2));
    }

    // ---- two stacks ----

    @Test
    void aConnectionCarriesDataBothWays() {
        TwoStacks net = net(new Faults(20, 5, 5, 20, 1_000_000, 1_000_000));
        TcpEndpoint listener = net.b.tcp().open(true);
        assertNull(listener.bind(new SocketAddress(IpAddress.ANY_V6, 80)));
        assertNull(listener.listen(5));
        TcpEndpoint client = net.a.tcp().open(true);
        assertEquals(NetError.IN_PROGRESS, client.connect(new SocketAddress(B, 80)));
        TcpEndpoint server = TwoStacks.accept(net, listener);
        assertEquals(A, server.remoteAddress());
        assertEquals(1440 - 12, server.info().sendMss());
        Transfer up = new Transfer(client, server, 500_000, 1);
        Transfer down = new Transfer(server, client, 300_000, 2);
        net.runUntil(() -> Transfer.step(up, down), 3600 * SECOND);
    }

    @Test
    void aDualListenerAcceptsBothFamilies() {
        TwoStacks net = net(Faults.NONE);
        TcpEndpoint listener = net.b.tcp().open(true);
        assertNull(listener.bind(new SocketAddress(IpAddress.ANY_V6, 80)));
        assertNull(listener.listen(5));
        net.connect(80);
        net.settle();
        TcpEndpoint server = Objects.requireNonNull(listener.accept());
        assertTrue(server.remoteAddress().isV4());
    }

    @Test
    void aListenerForOneFamilyRefusesTheOther() {
        TwoStacks net = net(Faults.NONE);
        TcpEndpoint listener = net.b.tcp().open(true);
        listener.options.v6Only = true;
        assertNull(listener.bind(new SocketAddress(IpAddress.ANY_V6, 80)));
        assertNull(listener.listen(5));
        TcpEndpoint client = net.connect(80);
        net.settle();
        assertEquals(NetError.CONNECTION_REFUSED, client.takeError());
    }

    @Test
    void toOneselfThroughLoopback() {
        TwoStacks net = net(Faults.NONE);
        UdpEndpoint e = net.a.udp().open(true);
        assertNull(e.bind(new SocketAddress(IpAddress.LOOPBACK_V6, 53)));
        e.send(bytes("me"), 0, 2, new SocketAddress(IpAddress.LOOPBACK_V6, 53));
        net.settle();
        assertEquals("me", text(Objects.requireNonNull(e.receive(false)).data()));
    }

    @Test
    void aLongDatagramTravelsInFragments() {
        TwoStacks net = net(Faults.NONE);
        UdpEndpoint server = net.b.udp().open(true);
        assertNull(server.bind(new SocketAddress(IpAddress.ANY_V6, 53)));
        byte[] much = new byte[60_000];
        new java.util.Random(1).nextBytes(much);
        UdpEndpoint client = net.a.udp().open(true);
        client.send(MemorySegment.ofArray(much), 0, much.length, new SocketAddress(B, 53));
        net.settle();
        Datagram d = Objects.requireNonNull(server.receive(false));
        assertArrayEquals(much, d.data());
        assertEquals(A, d.source().address());
    }

    @Test
    void aClosedPortRefuses() {
        TwoStacks net = net(Faults.NONE);
        UdpEndpoint client = net.a.udp().open(true);
        assertNull(client.connect(new SocketAddress(B, 53)));
        client.send(bytes("x"), 0, 1, null);
        net.settle();
        assertEquals(NetError.CONNECTION_REFUSED, client.takeError());
    }

    @Test
    void aHostThatDoesNotAnswerIsUnreachable() {
        TwoStacks net = net(Faults.NONE);
        TcpEndpoint client = net.a.tcp().open(true);
        client.connect(new SocketAddress(new IpAddress(0x20010db8L << 32, 99), 80));
        net.run(4 * SECOND);
        assertEquals(NetError.HOST_UNREACHABLE, client.takeError());
    }

    @Test
    void aGroupIsHeardByItsMembers() {
        TwoStacks net = net(Faults.NONE);
        IpAddress group = new IpAddress(0xff02L << 48, 0x1234);
        UdpEndpoint member = net.b.udp().open(true);
        assertNull(member.bind(new SocketAddress(IpAddress.ANY_V6, 5353)));
        assertNull(member.joinGroup(group, 2));
        UdpEndpoint sender = net.a.udp().open(true);
        sender.options.multicastNic = 2;
        assertEquals(5, sender.send(bytes("hello"), 0, 5, new SocketAddress(group, 5353)));
        net.settle();
        assertEquals("hello", text(Objects.requireNonNull(member.receive(false)).data()));
    }

    // ---- frame by frame ----

    private final PacketPool pool = new PacketPool();
    private final Veth[] cable = Veth.pair(1500, MAC, PEER_MAC);
    private final NetStack stack = new NetStack(TwoStacks.entropy(1), TcpSettings.defaults());
    private final Nic eth = stack.addNic("eth0", cable[0]);

    Ipv6Test() {
        stack.ip().addAddress(eth, new InterfaceAddress(A, 64));
        stack.advanceTo(SECOND);
    }

    private void send(IpAddress from, IpAddress to, int hops, int protocol, byte[] body) {
        PacketBuffer p = pool.take(BODY + body.length);
        byte[] b = p.bytes();
        int at = p.start();
        EthernetHeader.write(b, at, MAC, PEER_MAC, EthernetHeader.IPV6);
        Ipv6Header.write(b, at + ETH, body.length, 0, protocol, hops);
        Ipv6Header.writeAddresses(b, at + ETH, from.high(), from.low(), to.high(), to.low());
        System.arraycopy(body, 0, b, at + BODY, body.length);
        cable[1].send(p);
        stack.poll(SECOND);
    }

    private void icmp(IpAddress from, IpAddress to, int hops, byte[] body) {
        IcmpHeader.putChecksum(body, 0, 0);
        int sum =
                Checksum.pseudoHeaderV6(
                        from.high(), from.low(), to.high(), to.low(), 58, body.length);
        sum = Checksum.plus(sum, Checksum.partial(body, 0, body.length));
        IcmpHeader.putChecksum(body, 0, Checksum.complement(sum));
        send(from, to, hops, IpProtocol.ICMPV6, body);
    }

    private byte @Nullable [] answer() {
        PacketBuffer p = cable[1].receive(SECOND);
        if (p == null) return null;
        byte[] b = p.copy();
        p.release();
        return b;
    }

    private byte[] expect(int type) {
        byte[] b = answer();
        if (b == null) throw new AssertionError("nothing came");
        assertEquals(type, IcmpHeader.type(b, BODY));
        return b;
    }

    private static byte[] neighbor(int type, int flags, IpAddress target, int option) {
        byte[] b = new byte[NdpMessage.TARGET_END + NdpMessage.LINK_OPTION_LENGTH];
        IcmpHeader.write(b, 0, type, 0, flags);
        NdpMessage.putTarget(b, 0, target.high(), target.low());
        NdpMessage.putLinkOption(b, NdpMessage.TARGET_END, option, PEER_MAC);
        return b;
    }

    private void introducePeer() {
        byte[] ask = neighbor(IcmpHeader.V6_NEIGHBOR_SOLICITATION, 0, A, NdpMessage.SOURCE_LINK);
        IpAddress group = new IpAddress(0xff02L << 48, 0x1_ff00_0001L);
        icmp(B, group, 255, ask);
        byte[] b = expect(IcmpHeader.V6_NEIGHBOR_ADVERTISEMENT);
        assertEquals(PEER_MAC, EthernetHeader.destination(b, 0));
        int option = BODY + NdpMessage.TARGET_END;
        assertEquals(MAC, NdpMessage.link(b, option));
        assertEquals(255, Ipv6Header.hopLimit(b, ETH));
    }

    @Test
    void aSolicitationForOurAddressIsAnswered() {
        introducePeer();
    }

    @Test
    void whatCameThroughARouterIsNoNeighboursMessage() {
        byte[] ask = neighbor(IcmpHeader.V6_NEIGHBOR_SOLICITATION, 0, A, NdpMessage.SOURCE_LINK);
        icmp(B, A, 254, ask);
        assertNull(answer());
    }

    @Test
    void sendingAsksTheGroupThatTheAddressNames() {
        UdpEndpoint e = stack.udp().open(true);
        e.send(bytes("hi"), 0, 2, new SocketAddress(B, 9));
        byte[] b = expect(IcmpHeader.V6_NEIGHBOR_SOLICITATION);
        assertEquals(0x3333_ff00_0002L, EthernetHeader.destination(b, 0));
        int flags = NdpMessage.SOLICITED | NdpMessage.OVERRIDE;
        int type = IcmpHeader.V6_NEIGHBOR_ADVERTISEMENT;
        icmp(B, A, 255, neighbor(type, flags, B, NdpMessage.TARGET_LINK));
        b = Objects.requireNonNull(answer());
        assertEquals(PEER_MAC, EthernetHeader.destination(b, 0));
        assertEquals(IpProtocol.UDP, Ipv6Header.nextHeader(b, ETH));
        assertEquals(
                Neighbor.Reachability.REACHABLE, eth.neighbors().all().iterator().next().state());
    }

    @Test
    void anEchoIsAnswered() {
        introducePeer();
        byte[] echo = new byte[12];
        IcmpHeader.write(echo, 0, IcmpHeader.V6_ECHO, 0, 77);
        icmp(B, A, 64, echo);
        byte[] b = expect(IcmpHeader.V6_ECHO_REPLY);
        assertEquals(77, IcmpHeader.rest(b, BODY));
    }

    @Test
    void anUnknownNextHeaderIsAProblem() {
        introducePeer();
        send(B, A, 64, 200, new byte[8]);
        byte[] b = expect(IcmpHeader.V6_PARAMETER_PROBLEM);
        assertEquals(1, IcmpHeader.code(b, BODY));
        assertEquals(6, IcmpHeader.rest(b, BODY));
    }

    private static byte[] udp(String text, int checksummedFor) {
        byte[] b = new byte[UdpHeader.LENGTH + text.length()];
        UdpHeader.write(b, 0, 9, 53, b.length);
        for (int i = 0; i < text.length(); i++) b[8 + i] = (byte) text.charAt(i);
        int sum = Checksum.pseudoHeaderV6(B.high(), B.low(), A.high(), A.low(), 17, checksummedFor);
        sum = Checksum.plus(sum, Checksum.partial(b, 0, b.length));
        UdpHeader.putChecksum(b, 0, Checksum.complement(sum));
        return b;
    }

    private UdpEndpoint server() {
        UdpEndpoint e = stack.udp().open(true);
        assertNull(e.bind(new SocketAddress(IpAddress.ANY_V6, 53)));
        return e;
    }

    private static byte[] behind(byte[] first, byte[] second) {
        byte[] b = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, b, first.length, second.length);
        return b;
    }

    @Test
    void extensionHeadersAreSkipped() {
        UdpEndpoint e = server();
        byte[] hop = {IpProtocol.DESTINATION_OPTIONS, 0, 1, 4, 0, 0, 0, 0};
        byte[] options = {IpProtocol.UDP, 0, 0x1e, 0, 1, 2, 0, 0};
        send(B, A, 64, IpProtocol.HOP_BY_HOP, behind(behind(hop, options), udp("hi", 10)));
        assertEquals("hi", text(Objects.requireNonNull(e.receive(false)).data()));
    }

    @Test
    void anOptionThatMustBeUnderstoodIsNotSkipped() {
        UdpEndpoint e = server();
        byte[] options = {IpProtocol.UDP, 0, (byte) 0x80, 4, 0, 0, 0, 0};
        send(B, A, 64, IpProtocol.DESTINATION_OPTIONS, behind(options, udp("hi", 10)));
        assertNull(e.receive(false));
    }

    @Test
    void aRouteYetToBeTravelledIsRefused() {
        UdpEndpoint e = server();
        byte[] routing = {IpProtocol.UDP, 0, 0, 1, 0, 0, 0, 0};
        send(B, A, 64, IpProtocol.ROUTING, behind(routing, udp("hi", 10)));
        assertNull(e.receive(false));
        routing[3] = 0;
        send(B, A, 64, IpProtocol.ROUTING, behind(routing, udp("hi", 10)));
        assertNotNull(e.receive(false));
    }

    @Test
    void fragmentsBehindAnExtensionHeaderBecomeAPacket() {
        UdpEndpoint e = server();
        byte[] whole = udp("0123456789abcdef", 24);
        byte[] hop = {IpProtocol.FRAGMENT, 0, 1, 4, 0, 0, 0, 0};
        for (int i = 2; i >= 0; i--) {
            byte[] fragment = new byte[8];
            Ipv6Extension.writeFragment(fragment, 0, IpProtocol.UDP, 8 * i, i < 2, 7);
            byte[] part = java.util.Arrays.copyOfRange(whole, 8 * i, 8 * i + 8);
            send(B, A, 64, IpProtocol.HOP_BY_HOP, behind(behind(hop, fragment), part));
        }
        Datagram d = Objects.requireNonNull(e.receive(false));
        assertEquals("0123456789abcdef", text(d.data()));
        assertEquals(0, stack.context().pool().outstanding());
    }

    @Test
    void ipv4InDisguiseIsRefused() {
        UdpEndpoint e = server();
        IpAddress mapped = IpAddress.v4(1, 2, 3, 4);
        send(mapped, A, 64, IpProtocol.UDP, udp("hi", 10));
        assertNull(e.receive(false));
        assertEquals(1, stack.ip().counters().addressErrors);
    }

    @Test
    void anAdvertisedPrefixBecomesAnAddressAndItsRouterARoute() {
        stack.ip().autoconfigure(eth);
        byte[] b = Objects.requireNonNull(answer());
        assertEquals(IcmpHeader.V6_ROUTER_SOLICITATION, IcmpHeader.type(b, BODY));
        byte[] ra = new byte[NdpMessage.ROUTER_END + 32];
        IcmpHeader.write(ra, 0, IcmpHeader.V6_ROUTER_ADVERTISEMENT, 0, 64 << 24 | 1800);
        int option = NdpMessage.ROUTER_END;
        ra[option] = NdpMessage.PREFIX;
        ra[option + 1] = 4;
        ra[option + 2] = 64;
        ra[option + 3] = (byte) 0xc0;
        Bytes.put32(ra, option + 4, 3600);
        Bytes.put64(ra, option + 16, 0x20010db8_00000007L);
        icmp(LINK_PEER, new IpAddress(0xff02L << 48, 1), 255, ra);

        IpAddress own = new IpAddress(0x20010db8_00000007L, 0x0000_00ff_fe00_0001L);
        assertTrue(stack.ip().isLocal(own));
        IpAddress far = new IpAddress(0x26001234L << 32, 1);
        assertEquals(LINK_PEER, Objects.requireNonNull(stack.ip().route(far, 0)).gateway());
        Bytes.put16(ra, 6, 0);
        icmp(LINK_PEER, new IpAddress(0xff02L << 48, 1), 255, ra);
        assertNull(stack.ip().route(far, 0));
    }
}
