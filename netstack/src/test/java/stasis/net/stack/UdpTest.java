package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import static stasis.net.stack.Talk.bytes;
import static stasis.net.stack.Talk.text;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.ip.IcmpError;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.SendOptions;
import stasis.net.udp.Datagram;
import stasis.net.udp.UdpEndpoint;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

class UdpTest {
    private static final IpAddress GROUP = IpAddress.v4(239, 1, 2, 3);
    private final TwoStacks net = TwoStacks.perfect();

    private UdpEndpoint bound(NetStack stack, IpAddress address, int port) {
        UdpEndpoint e = stack.udp().open(false);
        assertNull(e.bind(new SocketAddress(address, port)));
        return e;
    }

    private static int send(UdpEndpoint e, String text, IpAddress to, int port) {
        return e.send(bytes(text), 0, text.length(), new SocketAddress(to, port));
    }

    private static String receive(UdpEndpoint e) {
        Datagram d = e.receive(false);
        return d == null ? "nothing" : text(d.data());
    }

    @Test
    void aDatagramArrivesWithItsSource() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        UdpEndpoint client = net.a.udp().open(false);
        assertEquals(8, send(client, "question", TwoStacks.B, 53));
        net.settle();

        Datagram d = Objects.requireNonNull(server.receive(false));
        assertEquals("question", text(d.data()));
        assertEquals(new SocketAddress(TwoStacks.A, client.local().port()), d.source());
        assertEquals(TwoStacks.B, d.destination());
        assertEquals(64, d.hops());
        send(server, "answer", d.source().address(), d.source().port());
        net.settle();
        assertEquals("answer", receive(client));
    }

    @Test
    void anEmptyDatagramIsADatagram() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        send(net.a.udp().open(false), "", TwoStacks.B, 53);
        net.settle();

        assertEquals(Readiness.READABLE | Readiness.WRITABLE, server.readiness());
        assertEquals("", receive(server));
        assertEquals("nothing", receive(server));
    }

    @Test
    void aLongDatagramTravelsInFragments() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        UdpEndpoint client = net.a.udp().open(false);
        byte[] much = new byte[65507];
        new java.util.Random(1).nextBytes(much);
        SocketAddress to = new SocketAddress(TwoStacks.B, 53);
        assertEquals(65507, client.send(MemorySegment.ofArray(much), 0, 65507, to));
        net.settle();

        Datagram d = Objects.requireNonNull(server.receive(false));
        org.junit.jupiter.api.Assertions.assertArrayEquals(much, d.data());
        assertEquals(
                NetError.MESSAGE_TOO_LONG,
                NetError.of(client.send(MemorySegment.ofArray(new byte[65508]), 0, 65508, to)));
    }

    @Test
    void withoutFragmentsALongDatagramIsRefused() {
        UdpEndpoint client = net.a.udp().open(false);
        client.options.packets = client.options.packets.withMayFragment(false);
        SocketAddress to = new SocketAddress(TwoStacks.B, 53);
        MemorySegment data = MemorySegment.ofArray(new byte[1473]);

        assertEquals(NetError.MESSAGE_TOO_LONG, NetError.of(client.send(data, 0, 1473, to)));
        assertEquals(1472, client.send(data, 0, 1472, to));
    }

    @Test
    void aConnectedEndpointHearsItsPeerOnly() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        UdpEndpoint other = bound(net.b, IpAddress.ANY_V4, 54);
        UdpEndpoint client = net.a.udp().open(false);
        assertNull(client.connect(new SocketAddress(TwoStacks.B, 53)));
        assertEquals(TwoStacks.A, client.local().address());
        send(other, "stranger", TwoStacks.A, client.local().port());
        send(server, "friend", TwoStacks.A, client.local().port());
        net.settle();

        assertEquals("friend", receive(client));
        assertEquals("nothing", receive(client));
    }

    @Test
    void aClosedPortRefusesAConnectedEndpoint() {
        UdpEndpoint client = net.a.udp().open(false);
        assertNull(client.connect(new SocketAddress(TwoStacks.B, 53)));
        int[] events = {0};
        client.observe(bits -> events[0] |= bits);
        client.send(bytes("x"), 0, 1, null);
        net.settle();

        assertEquals(Readiness.ERROR, events[0] & Readiness.ERROR);
        assertEquals(NetError.CONNECTION_REFUSED, NetError.of(client.send(bytes("x"), 0, 1, null)));
        assertEquals(1, client.send(bytes("x"), 0, 1, null));
    }

    @Test
    void anUnconnectedEndpointHearsOfErrorsIfItAsks() {
        UdpEndpoint client = net.a.udp().open(false);
        send(client, "x", TwoStacks.B, 53);
        net.settle();
        assertNull(client.takeError());
        client.options.receiveErrors = true;
        send(client, "x", TwoStacks.B, 53);
        net.settle();

        assertEquals(NetError.CONNECTION_REFUSED, client.takeError());
        IcmpError e = Objects.requireNonNull(client.receiveError());
        assertEquals(TwoStacks.B, e.reporter());
        assertEquals(53, e.remotePort());
    }

    @Test
    void aHostThatDoesNotAnswerIsUnreachable() {
        UdpEndpoint client = net.a.udp().open(false);
        client.options.receiveErrors = true;
        send(client, "x", IpAddress.v4(10, 0, 0, 77), 53);
        net.run(4_000_000_000L);

        assertEquals(NetError.HOST_UNREACHABLE, client.takeError());
        assertEquals(0, net.a.context().pool().outstanding());
    }

    @Test
    void withoutARouteSendingFails() {
        UdpEndpoint client = net.a.udp().open(false);
        int n = send(client, "x", IpAddress.v4(8, 8, 8, 8), 53);
        assertEquals(NetError.NO_ROUTE, NetError.of(n));
    }

    @Test
    void broadcastNeedsPermissionAndReachesAll() {
        UdpEndpoint one = bound(net.b, IpAddress.ANY_V4, 53);
        UdpEndpoint client = net.a.udp().open(false);
        IpAddress all = IpAddress.v4(10, 0, 0, 255);
        assertEquals(NetError.ACCESS_DENIED, NetError.of(send(client, "x", all, 53)));
        client.options.broadcast = true;
        send(client, "to all", all, 53);
        net.settle();

        assertEquals("to all", receive(one));
    }

    @Test
    void aGroupIsHeardByItsMembersOnly() {
        UdpEndpoint member = bound(net.b, IpAddress.ANY_V4, 5353);
        UdpEndpoint sender = net.a.udp().open(false);
        sender.options.multicastNic = 2;
        send(sender, "early", GROUP, 5353);
        net.settle();
        assertNull(member.joinGroup(GROUP, 2));
        send(sender, "now", GROUP, 5353);
        net.settle();
        assertEquals("now", receive(member));
        assertNull(member.leaveGroup(GROUP, 2));
        send(sender, "late", GROUP, 5353);
        net.settle();

        assertEquals("nothing", receive(member));
        assertEquals(NetError.ADDRESS_NOT_AVAILABLE, member.leaveGroup(GROUP, 2));
    }

    @Test
    void membersOnTheSendingHostHearItToo() {
        UdpEndpoint member = bound(net.a, IpAddress.ANY_V4, 5353);
        assertNull(member.joinGroup(GROUP, 2));
        UdpEndpoint sender = net.a.udp().open(false);
        sender.options.multicastNic = 2;
        send(sender, "hello", GROUP, 5353);
        net.settle();
        assertEquals("hello", receive(member));
        sender.options.multicastLoop = false;
        send(sender, "not for us", GROUP, 5353);
        net.settle();

        assertEquals("nothing", receive(member));
    }

    @Test
    void oneDatagramMayComeFromAnotherAddressAndTravelOtherwise() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        IpAddress second = IpAddress.v4(10, 0, 0, 11);
        net.a
                .ip()
                .addAddress(
                        Objects.requireNonNull(net.a.ip().nic(2)),
                        new InterfaceAddress(second, 24));
        UdpEndpoint client = net.a.udp().open(false);
        SocketAddress to = new SocketAddress(TwoStacks.B, 53);
        SendOptions how = client.options.packets.withHops(3).withTrafficClass(8);
        assertEquals(1, client.send(bytes("x"), 0, 1, to, second, how));
        net.settle();

        Datagram d = Objects.requireNonNull(server.receive(false));
        assertEquals(second, d.source().address());
        assertEquals(3, d.hops());
        assertEquals(8, d.trafficClass());
        int n = client.send(bytes("x"), 0, 1, to, TwoStacks.B, how);
        assertEquals(NetError.ADDRESS_NOT_AVAILABLE, NetError.of(n));
    }

    @Test
    void aFullQueueDropsWhatComes() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        server.options.receiveBytes = 3000;
        UdpEndpoint client = net.a.udp().open(false);
        send(client, "first", TwoStacks.B, 53);
        net.settle();
        assertEquals("first", receive(server));
        for (int i = 0; i < 100; i++) send(client, "x".repeat(500), TwoStacks.B, 53);
        net.settle();

        int n = 0;
        while (server.receive(false) != null) n++;
        assertEquals(4, n);
        assertEquals(96, net.b.udp().counters().overflows);
        send(client, "room again", TwoStacks.B, 53);
        net.settle();
        assertEquals("room again", receive(server));
    }

    @Test
    void toOneselfThroughLoopback() {
        UdpEndpoint e = bound(net.a, IpAddress.LOOPBACK_V4, 53);
        send(e, "me", IpAddress.LOOPBACK_V4, 53);
        net.settle();
        assertEquals("me", receive(e));
        UdpEndpoint own = bound(net.a, TwoStacks.A, 54);
        send(own, "me too", TwoStacks.A, 54);
        net.settle();
        assertEquals("me too", receive(own));
    }

    @Test
    void loopbackAddressesFromOutsideAreDropped() {
        UdpEndpoint server = bound(net.b, IpAddress.ANY_V4, 53);
        UdpEndpoint forger = net.a.udp().open(false);
        net.a
                .ip()
                .addAddress(
                        Objects.requireNonNull(net.a.ip().nic(2)),
                        new InterfaceAddress(IpAddress.v4(127, 0, 0, 9), 32));
        assertNull(forger.bind(new SocketAddress(IpAddress.v4(127, 0, 0, 9), 9)));
        send(forger, "x", TwoStacks.B, 53);
        net.settle();

        assertEquals("nothing", receive(server));
    }

    // ---- ports ----

    @Test
    void aPortIsForOneUnlessBothShareIt() {
        bound(net.a, IpAddress.ANY_V4, 53);
        UdpEndpoint second = net.a.udp().open(false);
        assertEquals(NetError.ADDRESS_IN_USE, second.bind(new SocketAddress(TwoStacks.A, 53)));
        UdpEndpoint x = net.a.udp().open(false);
        UdpEndpoint y = net.a.udp().open(false);
        x.options.reusePort = true;
        y.options.reusePort = true;
        assertNull(x.bind(new SocketAddress(IpAddress.ANY_V4, 54)));
        assertNull(y.bind(new SocketAddress(IpAddress.ANY_V4, 54)));
    }

    @Test
    void otherUsersDoNotShare() {
        UdpEndpoint x = net.a.udp().open(false);
        UdpEndpoint y = net.a.udp().open(false);
        x.options.reusePort = true;
        y.options.reusePort = true;
        y.options.owner = 1000;
        assertNull(x.bind(new SocketAddress(IpAddress.ANY_V4, 54)));
        assertEquals(NetError.ADDRESS_IN_USE, y.bind(new SocketAddress(IpAddress.ANY_V4, 54)));
    }

    @Test
    void aClosedEndpointGivesItsPortBack() {
        bound(net.a, IpAddress.ANY_V4, 53).close();
        assertNotNull(bound(net.a, IpAddress.ANY_V4, 53));
    }

    @Test
    void bindingNeedsAnAddressOfThisHost() {
        UdpEndpoint e = net.a.udp().open(false);
        assertEquals(
                NetError.ADDRESS_NOT_AVAILABLE,
                e.bind(new SocketAddress(IpAddress.v4(1, 2, 3, 4), 53)));
    }

    @Test
    void aDualEndpointHearsIpv4() {
        UdpEndpoint e = net.b.udp().open(true);
        assertNull(e.bind(new SocketAddress(IpAddress.ANY_V6, 53)));
        send(net.a.udp().open(false), "four", TwoStacks.B, 53);
        net.settle();
        assertEquals("four", receive(e));
    }
}
