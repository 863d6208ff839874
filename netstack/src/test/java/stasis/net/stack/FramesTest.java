package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import static stasis.net.stack.Talk.bytes;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.raw.Frame;
import stasis.net.raw.FrameEndpoint;
import stasis.net.udp.UdpEndpoint;
import stasis.net.wire.EthernetHeader;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Packet sockets, packet(7). */
class FramesTest {
    private final TwoStacks net = TwoStacks.perfect();

    private void sayHello() {
        UdpEndpoint e = net.a.udp().open(false);
        e.send(bytes("hello"), 0, 5, new SocketAddress(TwoStacks.B, 9));
        net.settle();
    }

    private static Frame next(FrameEndpoint e) {
        return Objects.requireNonNull(e.receive(false));
    }

    @Test
    void allFramesAreSeenInBothDirections() {
        FrameEndpoint e = net.a.raw().openFrames(FrameEndpoint.ALL);
        sayHello();

        Frame request = next(e);
        assertEquals(Frame.Kind.OUTGOING, request.kind());
        assertEquals(EthernetHeader.ARP, request.protocol());
        assertEquals(14, request.headerLength());
        assertEquals(Frame.Kind.HOST, next(e).kind());
        Frame hello = next(e);
        assertEquals(EthernetHeader.IPV4, hello.protocol());
        assertEquals(14 + 20 + 8 + 5, hello.data().length);
    }

    @Test
    void oneProtocolIsSeenAsItComesIn() {
        FrameEndpoint e = net.b.raw().openFrames(EthernetHeader.ARP);
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        sayHello();

        assertEquals(Frame.Kind.BROADCAST, next(e).kind());
        assertNull(e.receive(false));
        assertEquals(Readiness.READABLE, events[0]);
    }

    @Test
    void loopbackHasNoLinkHeader() {
        FrameEndpoint e = net.a.raw().openFrames(FrameEndpoint.ALL);
        assertNull(e.bind(1, FrameEndpoint.ALL));
        UdpEndpoint u = net.a.udp().open(false);
        u.send(bytes("x"), 0, 1, new SocketAddress(IpAddress.LOOPBACK_V4, 9));
        net.settle();

        Frame f = next(e);
        assertEquals(0, f.headerLength());
        assertEquals(EthernetHeader.IPV4, f.protocol());
        assertEquals(29, f.data().length);
    }

    @Test
    void aFrameIsSentAsItIs() {
        FrameEndpoint to = net.b.raw().openFrames(0x88b5);
        FrameEndpoint from = net.a.raw().openFrames(0);
        byte[] frame = new byte[20];
        EthernetHeader.write(frame, 0, EthernetHeader.BROADCAST, 1, 0x88b5);
        assertEquals(20, from.send(MemorySegment.ofArray(frame), 0, 20, 2));
        net.settle();

        org.junit.jupiter.api.Assertions.assertArrayEquals(frame, next(to).data());
        int n = from.send(MemorySegment.ofArray(new byte[1515]), 0, 1515, 2);
        assertEquals(NetError.MESSAGE_TOO_LONG, NetError.of(n));
        n = from.send(MemorySegment.ofArray(frame), 0, 13, 2);
        assertEquals(NetError.INVALID, NetError.of(n));
        n = from.send(MemorySegment.ofArray(frame), 0, 20, 77);
        assertEquals(NetError.NO_ROUTE, NetError.of(n));
    }

    @Test
    void whatFindsNoRoomIsCounted() {
        FrameEndpoint e = net.a.raw().openFrames(FrameEndpoint.ALL);
        e.receiveBytes = 100;
        sayHello();

        assertNotNull(e.receive(false));
        assertNull(e.receive(false));
        assertEquals(true, e.takeDropped() > 0);
        assertEquals(0, e.takeDropped());
    }

    @Test
    void aClosedEndpointSeesNothing() {
        FrameEndpoint e = net.a.raw().openFrames(FrameEndpoint.ALL);
        e.close();
        sayHello();
        assertNull(e.receive(false));
    }
}
