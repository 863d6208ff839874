package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.raw.RawEndpoint;
import stasis.net.raw.RawPacket;
import stasis.net.wire.Checksum;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

class RawTest {
    private final TwoStacks net = TwoStacks.perfect();

    private static MemorySegment echo(int type) {
        byte[] b = new byte[16];
        IcmpHeader.write(b, 0, type, 0, 0x00070001);
        IcmpHeader.putChecksum(b, 0, Checksum.of(b, 0, b.length));
        return MemorySegment.ofArray(b);
    }

    @Test
    void pingSendsAnEchoAndHearsItsReplyFromTheIpHeaderOn() {
        RawEndpoint e = net.a.raw().open(false, IpProtocol.ICMP);
        assertEquals(16, e.send(echo(IcmpHeader.V4_ECHO), 0, 16, TwoStacks.B));
        net.settle();

        RawPacket p = Objects.requireNonNull(e.receive(false));
        assertEquals(TwoStacks.B, p.source());
        assertEquals(IpProtocol.ICMP, Ipv4Header.protocol(p.data(), 0));
        assertEquals(IcmpHeader.V4_ECHO_REPLY, IcmpHeader.type(p.data(), 20));
        assertEquals(0x00070001, IcmpHeader.rest(p.data(), 20));
        assertNull(e.receive(false));
    }

    @Test
    void filteredTypesAreNotHeard() {
        RawEndpoint e = net.a.raw().open(false, IpProtocol.ICMP);
        e.options.icmpFilter = 1 << IcmpHeader.V4_ECHO_REPLY;
        e.send(echo(IcmpHeader.V4_ECHO), 0, 16, TwoStacks.B);
        net.settle();
        assertNull(e.receive(false));
    }

    @Test
    void aProtocolThatSomebodyHearsIsNotUnknown() {
        RawEndpoint receiver = net.b.raw().open(false, 200);
        RawEndpoint sender = net.a.raw().open(false, 200);
        RawEndpoint complaints = net.a.raw().open(false, IpProtocol.ICMP);
        sender.send(MemorySegment.ofArray(new byte[8]), 0, 8, TwoStacks.B);
        net.settle();
        assertEquals(28, Objects.requireNonNull(receiver.receive(false)).data().length);
        assertNull(complaints.receive(false));
        receiver.close();
        sender.send(MemorySegment.ofArray(new byte[8]), 0, 8, TwoStacks.B);
        net.settle();
        assertNotNull(complaints.receive(false));
    }

    @Test
    void withItsHeaderIncludedAPacketKeepsWhatTheUserWrote() {
        RawEndpoint receiver = net.b.raw().open(false, 200);
        RawEndpoint sender = net.a.raw().open(false, 255);
        sender.options.headerIncluded = true;
        byte[] b = new byte[28];
        Ipv4Header.write(b, 0, 0, 0x10, 0, 0, 7, 200, 0x0a000063, TwoStacks.B.v4Bits());
        assertEquals(28, sender.send(MemorySegment.ofArray(b), 0, 28, TwoStacks.B));
        net.settle();

        RawPacket p = Objects.requireNonNull(receiver.receive(false));
        assertEquals(7, p.hops());
        assertEquals(0x10, p.trafficClass());
        assertEquals(IpAddress.v4(10, 0, 0, 99), p.source());
        b[0] = 0x46;
        int n = sender.send(MemorySegment.ofArray(b), 0, 28, TwoStacks.B);
        assertEquals(NetError.INVALID, NetError.of(n));
        assertEquals(0, net.a.context().pool().outstanding());
    }

    @Test
    void aConnectedEndpointHearsItsPeerOnly() {
        RawEndpoint e = net.a.raw().open(false, IpProtocol.ICMP);
        assertNull(e.connect(IpAddress.v4(10, 0, 0, 77)));
        e.send(echo(IcmpHeader.V4_ECHO), 0, 16, TwoStacks.B);
        net.settle();
        assertNull(e.receive(false));
    }

    @Test
    void overIpv6TheChecksumIsMade() {
        RawEndpoint e = net.a.raw().open(true, IpProtocol.ICMPV6);
        byte[] b = new byte[16];
        IcmpHeader.write(b, 0, IcmpHeader.V6_ECHO, 0, 5);
        e.send(MemorySegment.ofArray(b), 0, 16, IpAddress.LOOPBACK_V6);
        net.settle();
        Objects.requireNonNull(e.receive(false));
        RawPacket reply = Objects.requireNonNull(e.receive(false));
        assertEquals(IcmpHeader.V6_ECHO_REPLY, IcmpHeader.type(reply.data(), 0));
    }
}
