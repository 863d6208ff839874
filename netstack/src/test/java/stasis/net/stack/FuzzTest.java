package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.link.Veth;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.time.Timed;
import stasis.net.udp.UdpEndpoint;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.NdpMessage;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.TcpOptions;
import stasis.net.wire.UdpHeader;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Packets of chance, and good ones with something changed, at a stack with listeners and
 * connections. As many as {@code -Dstasis.fuzz.packets} says.
 */
class FuzzTest {
    private static final int PACKETS = Integer.getInteger("stasis.fuzz.packets", 200_000);
    private static final long MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0002L;
    private static final int OWN = 0x0a000001;
    private static final int PEER = 0x0a000002;
    private static final long OWN_HIGH = 0x20010db8L << 32;

    private final Random random = new Random(17);
    private final PacketPool pool = new PacketPool();
    private final Veth[] cable = Veth.pair(1500, MAC, PEER_MAC);
    private final NetStack stack = new NetStack(TwoStacks.entropy(1), TcpSettings.defaults());
    private final List<TcpEndpoint> connections = new ArrayList<>();
    private final List<byte[]> answers = new ArrayList<>();
    private long now = 1_000_000_000_000L;

    @Test
    void noPacketHarmsTheStack() {
        Nic nic = stack.addNic("eth0", cable[0]);
        stack.ip().addAddress(nic, new InterfaceAddress(IpAddress.v4(OWN), 24));
        stack.ip().addAddress(nic, new InterfaceAddress(new IpAddress(OWN_HIGH, 1), 64));
        stack.ip().autoconfigure(nic);
        stack.advanceTo(now);
        TcpEndpoint listener = stack.tcp().open(false);
        assertNull(listener.bind(new SocketAddress(IpAddress.ANY_V4, 80)));
        assertNull(listener.listen(16));
        UdpEndpoint udp = stack.udp().open(false);
        assertNull(udp.bind(new SocketAddress(IpAddress.ANY_V4, 53)));
        for (int i = 0; i < PACKETS; i++) {
            step(listener, udp);
        }
        becomeQuiet();
        assertEquals(0, stack.context().pool().outstanding());
        assertEquals(0, pool.outstanding());
    }

    private void step(TcpEndpoint listener, UdpEndpoint udp) {
        now += random.nextInt(100) == 0 ? random.nextLong(2_000_000_000L) : random.nextInt(100_000);
        cable[1].send(packet());
        stack.poll(now);
        drain();
        TcpEndpoint e = listener.accept();
        if (e != null) connections.add(e);
        if (random.nextInt(50) == 0) useConnections(udp);
        assertTrue(stack.tcp().connectionCount() < 3000);
    }

    private void useConnections(UdpEndpoint udp) {
        while (udp.receive(false) != null) {}
        if (connections.isEmpty()) return;
        TcpEndpoint e = connections.get(random.nextInt(connections.size()));
        Talk.hear(e);
        e.send(Talk.bytes("some bytes of an answer"), 0, 20, false);
        assertTrue(e.footprint() < 20_000_000);
        if (random.nextInt(20) == 0) {
            e.close();
            connections.remove(e);
        }
    }

    /** Answers are the best material: their numbers are nearly right. */
    private void drain() {
        PacketBuffer p;
        while ((p = cable[1].receive(now)) != null) {
            if (answers.size() < 64) answers.add(p.copy());
            else answers.set(random.nextInt(64), p.copy());
            p.release();
        }
    }

    /** All timers run out, after which nobody may hold a packet. */
    private void becomeQuiet() {
        for (int i = 0; i < 100_000 && stack.nextPollNanos() != Timed.NEVER; i++) {
            now = Math.max(now, stack.nextPollNanos());
            stack.poll(now);
            drain();
        }
    }

    private PacketBuffer packet() {
        return switch (random.nextInt(10)) {
            case 8, 9 -> six();
            case 0 -> noise();
            case 1 -> ipNoise();
            case 2 -> udp();
            case 3 -> fragment();
            case 4, 5 -> mirrored();
            default -> tcp();
        };
    }

    private PacketBuffer frame(int length, int type) {
        PacketBuffer p = pool.take(EthernetHeader.LENGTH + length);
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        long to = random.nextInt(20) == 0 ? EthernetHeader.BROADCAST : MAC;
        EthernetHeader.write(p.bytes(), p.start(), to, PEER_MAC, type);
        System.arraycopy(noise, 0, p.bytes(), p.start() + EthernetHeader.LENGTH, length);
        return p;
    }

    private PacketBuffer noise() {
        int type =
                switch (random.nextInt(4)) {
                    case 0 -> EthernetHeader.ARP;
                    case 1 -> EthernetHeader.IPV6;
                    case 2 -> EthernetHeader.IPV4;
                    default -> random.nextInt(0x10000);
                };
        return frame(random.nextInt(200), type);
    }

    private PacketBuffer ip(int length, int protocol, int fragment) {
        int options = random.nextInt(10) == 0 ? 4 * random.nextInt(11) : 0;
        PacketBuffer p = frame(Ipv4Header.LENGTH + options + length, EthernetHeader.IPV4);
        byte[] b = p.bytes();
        int at = p.start() + EthernetHeader.LENGTH;
        int total = Ipv4Header.LENGTH + options + length;
        int id = random.nextInt(4);
        Ipv4Header.write(b, at, total, 0, id, fragment, 64, protocol, PEER, OWN);
        b[at] = (byte) (0x45 + options / 4);
        b[at + 10] = 0;
        b[at + 11] = 0;
        int sum = Checksum.of(b, at, at + Ipv4Header.LENGTH + options);
        b[at + 10] = (byte) (sum >> 8);
        b[at + 11] = (byte) sum;
        return p;
    }

    private int body(PacketBuffer p) {
        int at = p.start() + EthernetHeader.LENGTH;
        return at + Ipv4Header.headerLength(p.bytes(), at);
    }

    private PacketBuffer ipNoise() {
        PacketBuffer p =
                ip(random.nextInt(100), random.nextInt(3) == 0 ? 1 : random.nextInt(256), 0);
        return mutate(p);
    }

    private PacketBuffer fragment() {
        int length = random.nextInt(3) == 0 ? random.nextInt(50) : 8 * random.nextInt(100);
        int offset = random.nextInt(4) == 0 ? random.nextInt(0x2000) : random.nextInt(200);
        int flags = random.nextBoolean() ? Ipv4Header.MORE_FRAGMENTS : 0;
        return ip(length, IpProtocol.UDP, flags | offset);
    }

    /** IPv6 with extension headers, neighbour discovery and the rest of ICMP. */
    private PacketBuffer six() {
        int[] protocols = {0, 43, 44, 60, 58, 58, 58, 6, 17, 59};
        int length = random.nextInt(150);
        PacketBuffer p = frame(Ipv6Header.LENGTH + length, EthernetHeader.IPV6);
        byte[] b = p.bytes();
        int at = p.start() + EthernetHeader.LENGTH;
        int hops = random.nextBoolean() ? 255 : 64;
        int protocol = protocols[random.nextInt(protocols.length)];
        Ipv6Header.write(b, at, length, 0, protocol, hops);
        long high = random.nextInt(3) == 0 ? 0xff02L << 48 : OWN_HIGH;
        long from = random.nextBoolean() ? 0xfe80L << 48 : OWN_HIGH;
        Ipv6Header.writeAddresses(b, at, from, random.nextInt(4), high, 1);
        int body = at + Ipv6Header.LENGTH;
        if (length >= 8 && protocol != IpProtocol.ICMPV6) b[body + 1] = (byte) random.nextInt(3);
        if (length >= 8) b[body] = (byte) protocols[random.nextInt(protocols.length)];
        if (length >= 8 && protocol == IpProtocol.ICMPV6) icmpv6(b, at, body, p.end());
        return random.nextInt(4) == 0 ? mutate(p) : p;
    }

    private void icmpv6(byte[] b, int at, int body, int end) {
        int[] types = {1, 2, 3, 4, 128, 129, 133, 134, 135, 136};
        IcmpHeader.write(b, body, types[random.nextInt(types.length)], 0, random.nextInt());
        if (end - body >= 24) NdpMessage.putTarget(b, body, OWN_HIGH, 1);
        if (end - body >= 40) Bytes.put16(b, body + 24, random.nextInt(6) << 8 | random.nextInt(5));
        int sum =
                Checksum.pseudoHeaderV6(
                        Ipv6Header.sourceHigh(b, at),
                        Ipv6Header.sourceLow(b, at),
                        Ipv6Header.destinationHigh(b, at),
                        Ipv6Header.destinationLow(b, at),
                        IpProtocol.ICMPV6,
                        end - body);
        sum = Checksum.plus(sum, Checksum.partial(b, body, end));
        IcmpHeader.putChecksum(b, body, Checksum.complement(sum));
    }

    private PacketBuffer udp() {
        int length = UdpHeader.LENGTH + random.nextInt(100);
        PacketBuffer p = ip(length, IpProtocol.UDP, 0);
        int at = body(p);
        UdpHeader.write(p.bytes(), at, random.nextInt(0x10000), 50 + random.nextInt(5), length);
        if (random.nextBoolean()) checksum(p, at, IpProtocol.UDP, at + 6);
        return random.nextInt(3) == 0 ? mutate(p) : p;
    }

    private PacketBuffer tcp() {
        int header = TcpHeader.LENGTH + 4 * random.nextInt(11);
        PacketBuffer p = ip(header + random.nextInt(100), IpProtocol.TCP, 0);
        byte[] b = p.bytes();
        int at = body(p);
        int port = random.nextInt(10) == 0 ? 81 : 80;
        TcpHeader.writePorts(b, at, 1000 + random.nextInt(200), port);
        int flags = random.nextInt(3) == 0 ? random.nextInt(64) : TcpHeader.SYN;
        int seq = random.nextInt();
        TcpHeader.write(b, at, seq, random.nextInt(), header, flags, 65535, random.nextInt(200));
        checksum(p, at, IpProtocol.TCP, at + 16);
        return p;
    }

    /** An answer of the stack turned round: what it acknowledges is what it asks for. */
    private PacketBuffer mirrored() {
        if (answers.isEmpty()) return tcp();
        byte[] answer = answers.get(random.nextInt(answers.size()));
        boolean isTcp = answer.length >= 54 && answer[12] == 8 && answer[23] == IpProtocol.TCP;
        if (!isTcp) return tcp();
        int seq = Bytes.i32(answer, 34 + 8) + small();
        int ack = Bytes.i32(answer, 34 + 4) + random.nextInt(30) + small();
        int header = TcpHeader.LENGTH + (random.nextInt(3) == 0 ? 12 : 0);
        PacketBuffer p = ip(header + random.nextInt(1400), IpProtocol.TCP, 0);
        byte[] b = p.bytes();
        int at = body(p);
        TcpHeader.writePorts(b, at, port(answer, 36), port(answer, 34));
        int flags = random.nextInt(4) == 0 ? random.nextInt(64) : TcpHeader.ACK;
        TcpHeader.write(b, at, seq, ack, header, flags, random.nextInt(65536), random.nextInt(50));
        if (header > TcpHeader.LENGTH) sacks(b, at + TcpHeader.LENGTH, ack);
        checksum(p, at, IpProtocol.TCP, at + 16);
        return random.nextInt(20) == 0 ? mutate(p) : p;
    }

    private void sacks(byte[] b, int at, int ack) {
        TcpOptions.putSackHead(b, at, 1);
        int left = ack + random.nextInt(3000);
        TcpOptions.putSackEdges(b, at + 4, left, left + random.nextInt(3000));
    }

    private static int port(byte[] b, int at) {
        return Bytes.u16(b, at);
    }

    private int small() {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(3000);
            case 1 -> -random.nextInt(3000);
            case 2 -> random.nextInt(100_000) - 50_000;
            default -> 0;
        };
    }

    private void checksum(PacketBuffer p, int at, int protocol, int where) {
        byte[] b = p.bytes();
        b[where] = 0;
        b[where + 1] = 0;
        int sum = Checksum.pseudoHeaderV4(PEER, OWN, protocol, p.end() - at);
        sum = Checksum.complement(Checksum.plus(sum, Checksum.partial(b, at, p.end())));
        b[where] = (byte) (sum >> 8);
        b[where + 1] = (byte) sum;
    }

    private PacketBuffer mutate(PacketBuffer p) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = p.start() + EthernetHeader.LENGTH;
            if (p.end() <= at) return p;
            at += random.nextInt(p.end() - at);
            p.bytes()[at] = (byte) random.nextInt(256);
        }
        if (random.nextInt(3) == 0) p.trim(random.nextInt(p.length() + 1));
        return p;
    }
}
