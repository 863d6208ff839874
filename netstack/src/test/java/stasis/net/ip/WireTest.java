package stasis.net.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.link.Veth;
import stasis.net.stack.NetStack;
import stasis.net.stack.Talk;
import stasis.net.stack.TwoStacks;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.udp.UdpEndpoint;
import stasis.net.wire.ArpPacket;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.TcpHeader;

/** ARP, ICMP and path MTUs, frame by frame. */
class WireTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0002L;
    private static final long SECOND = 1_000_000_000L;
    private static final int OWN = 0x0a000001;
    private static final int PEER = 0x0a000002;
    private static final int ETH = EthernetHeader.LENGTH;
    private static final int BODY = ETH + Ipv4Header.LENGTH;

    private final PacketPool pool = new PacketPool();
    private final Veth[] cable = Veth.pair(1500, MAC, PEER_MAC);
    private final NetStack stack = new NetStack(TwoStacks.entropy(1), TcpSettings.defaults());
    private final Nic nic = stack.addNic("eth0", cable[0]);
    private long now = SECOND;

    WireTest() {
        stack.ip().addAddress(nic, new InterfaceAddress(IpAddress.v4(OWN), 24));
        stack.advanceTo(now);
    }

    // ---- frames ----

    private void arp(int operation, int sender, int target, long to) {
        PacketBuffer p = pool.take(ETH + ArpPacket.LENGTH);
        EthernetHeader.write(p.bytes(), p.start(), to, PEER_MAC, EthernetHeader.ARP);
        ArpPacket.write(p.bytes(), p.start() + ETH, operation, PEER_MAC, sender, MAC, target);
        cable[1].send(p);
        stack.poll(now);
    }

    /** An IP packet with what {@code body} holds; the checksum of ICMP is made. */
    private void ip(int protocol, int source, byte[] body, long to) {
        PacketBuffer p = pool.take(BODY + body.length);
        byte[] b = p.bytes();
        int at = p.start();
        EthernetHeader.write(b, at, to, PEER_MAC, EthernetHeader.IPV4);
        int total = Ipv4Header.LENGTH + body.length;
        Ipv4Header.write(b, at + ETH, total, 0, 7, 0, 64, protocol, source, OWN);
        System.arraycopy(body, 0, b, at + BODY, body.length);
        cable[1].send(p);
        stack.poll(now);
    }

    private static byte[] icmp(int type, int code, int rest, byte[] data) {
        byte[] b = new byte[IcmpHeader.LENGTH + data.length];
        IcmpHeader.write(b, 0, type, code, rest);
        System.arraycopy(data, 0, b, IcmpHeader.LENGTH, data.length);
        IcmpHeader.putChecksum(b, 0, Checksum.of(b, 0, b.length));
        return b;
    }

    private byte @Nullable [] answer() {
        PacketBuffer p = cable[1].receive(now);
        if (p == null) return null;
        byte[] b = p.copy();
        p.release();
        return b;
    }

    private byte[] expectAnswer() {
        byte[] b = answer();
        if (b == null) throw new AssertionError("nothing came");
        return b;
    }

    private void introducePeer() {
        arp(ArpPacket.REQUEST, PEER, OWN, EthernetHeader.BROADCAST);
        assertNotNull(answer());
    }

    private void pass(long nanos) {
        long end = now + nanos;
        while (stack.nextPollNanos() <= end) {
            now = Math.max(now, stack.nextPollNanos());
            stack.poll(now);
        }
        now = end;
        stack.poll(now);
    }

    // ---- ARP ----

    @Test
    void aRequestForOurAddressIsAnswered() {
        arp(ArpPacket.REQUEST, PEER, OWN, EthernetHeader.BROADCAST);
        byte[] b = expectAnswer();

        assertEquals(PEER_MAC, EthernetHeader.destination(b, 0));
        assertEquals(ArpPacket.REPLY, ArpPacket.operation(b, ETH));
        assertEquals(MAC, ArpPacket.senderLink(b, ETH));
        assertEquals(OWN, ArpPacket.sender(b, ETH));
        assertEquals(PEER, ArpPacket.target(b, ETH));
    }

    @Test
    void aRequestForAnotherAddressIsNot() {
        arp(ArpPacket.REQUEST, PEER, OWN + 7, EthernetHeader.BROADCAST);
        assertNull(answer());
        assertEquals(0, nic.neighbors().all().size());
    }

    @Test
    void sendingAsksForTheNeighbourAndWaitsForItsAnswer() {
        UdpEndpoint e = stack.udp().open(false);
        e.send(Talk.bytes("hi"), 0, 2, new SocketAddress(IpAddress.v4(PEER), 9));
        byte[] b = expectAnswer();
        assertEquals(EthernetHeader.BROADCAST, EthernetHeader.destination(b, 0));
        assertEquals(PEER, ArpPacket.target(b, ETH));
        assertNull(answer());
        arp(ArpPacket.REPLY, PEER, OWN, MAC);
        b = expectAnswer();

        assertEquals(EthernetHeader.IPV4, EthernetHeader.type(b, 0));
        assertEquals(PEER_MAC, EthernetHeader.destination(b, 0));
    }

    @Test
    void aNeighbourThatFellSilentIsAskedAgainByItsAddress() {
        introducePeer();
        UdpEndpoint e = stack.udp().open(false);
        e.send(Talk.bytes("hi"), 0, 2, new SocketAddress(IpAddress.v4(PEER), 9));
        assertEquals(EthernetHeader.IPV4, EthernetHeader.type(expectAnswer(), 0));
        pass(5 * SECOND);
        byte[] b = expectAnswer();

        assertEquals(EthernetHeader.ARP, EthernetHeader.type(b, 0));
        assertEquals(PEER_MAC, EthernetHeader.destination(b, 0));
        pass(3 * SECOND);
        assertEquals(Neighbor.Reachability.FAILED, nic.neighbors().all().iterator().next().state());
    }

    @Test
    void afterAMoveTheNewNeighboursAreToldAndTheOldForgotten() {
        introducePeer();
        stack.ip().addAddress(nic, new InterfaceAddress(new IpAddress(0xfe80L << 48, 1), 64));
        stack.moved(nic);

        assertEquals(0, nic.neighbors().all().size());
        byte[] b = expectAnswer();
        assertEquals(EthernetHeader.BROADCAST, EthernetHeader.destination(b, 0));
        assertEquals(OWN, ArpPacket.sender(b, ETH));
        assertEquals(OWN, ArpPacket.target(b, ETH));
        b = expectAnswer();
        assertEquals(EthernetHeader.IPV6, EthernetHeader.type(b, 0));
        assertEquals(0x3333_0000_0001L, EthernetHeader.destination(b, 0));
    }

    // ---- ICMP ----

    @Test
    void anEchoIsAnsweredWithItsData() {
        introducePeer();
        ip(
                IpProtocol.ICMP,
                PEER,
                icmp(
                        8,
                        0,
                        0x12345678,
                        Talk.bytes("ping").toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)),
                MAC);
        byte[] b = expectAnswer();

        assertEquals(PEER, Ipv4Header.destination(b, ETH));
        assertEquals(0, IcmpHeader.type(b, BODY));
        assertEquals(0x12345678, IcmpHeader.rest(b, BODY));
        assertTrue(Checksum.isValid(b, BODY, b.length));
        assertEquals("ping", Talk.text(java.util.Arrays.copyOfRange(b, BODY + 8, b.length)));
    }

    @Test
    void anEchoWithAWrongChecksumIsNot() {
        introducePeer();
        byte[] echo = icmp(8, 0, 1, new byte[4]);
        echo[2] ^= 1;
        ip(IpProtocol.ICMP, PEER, echo, MAC);
        assertNull(answer());
    }

    @Test
    void anUnknownProtocolIsReported() {
        introducePeer();
        ip(200, PEER, new byte[20], MAC);
        byte[] b = expectAnswer();

        assertEquals(IcmpHeader.V4_UNREACHABLE, IcmpHeader.type(b, BODY));
        assertEquals(IcmpHeader.V4_PROTOCOL, IcmpHeader.code(b, BODY));
        assertEquals(200, Ipv4Header.protocol(b, BODY + 8));
    }

    @Test
    void whatCameByBroadcastIsNotReported() {
        introducePeer();
        ip(200, PEER, new byte[20], EthernetHeader.BROADCAST);
        assertNull(answer());
    }

    @Test
    void errorsAreNotReported() {
        introducePeer();
        ip(IpProtocol.ICMP, PEER, icmp(3, 3, 0, new byte[28]), MAC);
        assertNull(answer());
    }

    @Test
    void reportsAreFew() {
        introducePeer();
        for (int i = 0; i < 500; i++) ip(200, PEER, new byte[20], MAC);
        int n = 0;
        while (answer() != null) n++;
        assertEquals(50, n);
    }

    // ---- TCP and ICMP ----

    private TcpEndpoint connected() {
        introducePeer();
        TcpEndpoint e = stack.tcp().open(false);
        e.connect(new SocketAddress(IpAddress.v4(PEER), 80));
        byte[] syn = expectAnswer();
        peerAck = TcpHeader.seq(syn, BODY) + 1;
        byte[] b = new byte[TcpHeader.LENGTH + 4];
        TcpHeader.writePorts(b, 0, 80, TcpHeader.sourcePort(syn, BODY));
        int flags = TcpHeader.SYN | TcpHeader.ACK;
        TcpHeader.write(b, 0, 5000, peerAck, b.length, flags, 65000, 0);
        Bytes.put32(b, 20, 0x020405b4);
        int sum = Checksum.pseudoHeaderV4(PEER, OWN, IpProtocol.TCP, b.length);
        sum = Checksum.plus(sum, Checksum.partial(b, 0, b.length));
        TcpHeader.putChecksum(b, 0, Checksum.complement(sum));
        ip(IpProtocol.TCP, PEER, b, MAC);
        assertNotNull(answer());
        return e;
    }

    private int peerAck;

    /** A router's complaint about the packet {@code sent}. */
    private void complain(byte[] sent, int code, int rest) {
        byte[] quote = java.util.Arrays.copyOfRange(sent, ETH, ETH + 28);
        ip(IpProtocol.ICMP, 0x0a0000fe, icmp(3, code, rest, quote), MAC);
    }

    @Test
    void aNarrowerPathMakesSegmentsShorterAtOnce() {
        TcpEndpoint e = connected();
        Talk.say(e, "x".repeat(1460));
        byte[] sent = expectAnswer();
        assertEquals(1500, Ipv4Header.totalLength(sent, ETH));
        assertTrue(Ipv4Header.dontFragment(sent, ETH));
        complain(sent, 4, 1000);
        byte[] first = expectAnswer();
        byte[] second = expectAnswer();

        assertEquals(1000, Ipv4Header.totalLength(first, ETH));
        assertEquals(540, Ipv4Header.totalLength(second, ETH));
        assertEquals(960, e.info().sendMss());
        assertEquals(14600, e.info().congestionWindow());
    }

    @Test
    void aComplaintAboutANumberNeverSentIsNotBelieved() {
        TcpEndpoint e = connected();
        Talk.say(e, "x".repeat(1460));
        byte[] sent = expectAnswer();
        Bytes.put32(sent, BODY + 4, Bytes.i32(sent, BODY + 4) + 100_000);
        complain(sent, 4, 600);

        assertNull(answer());
        assertEquals(1460, e.info().sendMss());
    }

    @Test
    void noPathIsThoughtNarrowerThan552() {
        TcpEndpoint e = connected();
        Talk.say(e, "x".repeat(1460));
        complain(expectAnswer(), 4, 68);

        assertEquals(512, e.info().sendMss());
    }

    @Test
    void anUnreachablePeerDoesNotEndAConnection() {
        TcpEndpoint e = connected();
        Talk.say(e, "hello");
        complain(expectAnswer(), 1, 0);

        assertNull(e.takeError());
        pass(3600 * SECOND);
        assertEquals(NetError.HOST_UNREACHABLE, e.takeError());
    }

    @Test
    void anUnreachablePeerEndsAnAttempt() {
        introducePeer();
        TcpEndpoint e = stack.tcp().open(false);
        e.connect(new SocketAddress(IpAddress.v4(PEER), 80));
        complain(expectAnswer(), 1, 0);

        assertEquals(NetError.HOST_UNREACHABLE, e.takeError());
    }
}
