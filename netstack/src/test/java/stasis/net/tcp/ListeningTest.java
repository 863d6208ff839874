package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.hear;
import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;

/** Listeners, and what becomes of endpoints that are used again. */
class ListeningTest {
    private final RawPeer peer = new RawPeer();

    private TcpEndpoint listenerAt(IpAddress address, boolean reusePort) {
        TcpEndpoint l = peer.stack.tcp().open(false);
        l.options.reusePort = reusePort;
        assertNull(l.bind(new SocketAddress(address, RawPeer.PORT)));
        assertNull(l.listen(100));
        return l;
    }

    private void connectFrom(int port) {
        peer.fromPort(port);
        peer.forgetIss();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1);
    }

    @Test
    void theMoreParticularAddressHearsTheConnection() {
        TcpEndpoint any = listenerAt(IpAddress.ANY_V4, true);
        TcpEndpoint own = listenerAt(RawPeer.STACK, true);
        connectFrom(6000);

        assertNull(any.accept());
        assertNotNull(own.accept());
    }

    @Test
    void listenersThatShareAPortShareItsConnections() {
        TcpEndpoint one = listenerAt(IpAddress.ANY_V4, true);
        TcpEndpoint two = listenerAt(IpAddress.ANY_V4, true);
        for (int i = 0; i < 40; i++) connectFrom(6000 + i);

        int first = one.backlogReady();
        assertEquals(40, first + two.backlogReady());
        assertTrue(first > 5 && first < 35, first + " of 40");
    }

    @Test
    void eachConnectionIsAnEvent() {
        TcpEndpoint l = listenerAt(IpAddress.ANY_V4, false);
        int[] events = {0};
        l.observe(bits -> events[0] += bits);
        connectFrom(6000);
        connectFrom(6001);

        assertEquals(2 * Readiness.READABLE, events[0]);
    }

    @Test
    void aDeferredConnectionIsAcceptedWithItsFirstData() {
        TcpEndpoint l = peer.listener();
        l.options.deferAcceptNanos = 10 * SECOND;
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1);
        assertNull(l.accept());
        peer.send("A", 1, 1, 5);
        TcpEndpoint e = l.accept();

        assertNotNull(e);
        assertEquals("bcdef", hear(e));
    }

    @Test
    void aDeferredConnectionIsAcceptedWithoutDataWhenItsTimeIsOver() {
        TcpEndpoint l = peer.listener();
        l.options.deferAcceptNanos = 2 * SECOND;
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1);
        peer.pass(3 * SECOND);
        assertTrue(peer.drain() > 0);
        peer.send("A", 1, 1);

        assertNotNull(l.accept());
    }

    @Test
    void anEndpointMayListenWithoutBind() {
        TcpEndpoint l = peer.stack.tcp().open(false);
        assertNull(l.listen(1));
        assertTrue(l.localPort() >= 32768);
    }

    @Test
    void aListenerCannotConnect() {
        TcpEndpoint l = peer.listener();
        SocketAddress to = new SocketAddress(RawPeer.PEER, 9);
        assertEquals(NetError.ALREADY_CONNECTED, l.connect(to));
    }

    @Test
    void whatAListenerWasToldItsConnectionsKnow() {
        TcpEndpoint l = listenerAt(IpAddress.ANY_V4, false);
        l.options.noDelay = true;
        l.options.keepAlive = true;
        connectFrom(6000);
        TcpEndpoint e = l.accept();

        assertNotNull(e);
        assertTrue(e.options.noDelay && e.options.keepAlive);
    }

    @Test
    void theEldestOfTooManyInTimeWaitMakesRoom() {
        TcpSettings d = TcpSettings.defaults();
        long second = SECOND;
        peer.stack
                .tcp()
                .use(
                        new TcpSettings(
                                6,
                                5,
                                15,
                                second,
                                60 * second,
                                3,
                                65535,
                                1 << 20,
                                87040,
                                1 << 20,
                                1024,
                                false,
                                false,
                                false,
                                true,
                                d.cubic()));
        TcpEndpoint l = listenerAt(IpAddress.ANY_V4, false);
        for (int i = 0; i < 10; i++) {
            connectFrom(6000 + i);
            TcpEndpoint e = l.accept();
            assertNotNull(e);
            e.close();
            peer.expect("FA 1 1");
            peer.send("FA", 1, 2);
            peer.expect("A 2 2");
        }

        assertEquals(3, peer.stack.tcp().connectionCount());
    }

    @Test
    void aDisconnectedEndpointMayConnectAgain() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("SA", 0, 1);
        peer.expect("A 1 1");
        e.disconnect();
        peer.expect("RA 1 1");
        assertEquals(TcpState.CLOSED, e.state());
        SocketAddress to = new SocketAddress(RawPeer.PEER, RawPeer.PEER_PORT);

        assertEquals(NetError.IN_PROGRESS, e.connect(to));
    }

    @Test
    void theSamePairIsNotConnectedTwice() {
        TcpEndpoint one = peer.stack.tcp().open(false);
        TcpEndpoint two = peer.stack.tcp().open(false);
        one.options.reuseAddress = true;
        two.options.reuseAddress = true;
        SocketAddress from = new SocketAddress(RawPeer.STACK, 7000);
        SocketAddress to = new SocketAddress(RawPeer.PEER, 9);
        assertNull(one.bind(from));
        assertNull(two.bind(from));
        assertEquals(NetError.IN_PROGRESS, one.connect(to));
        assertEquals(NetError.ADDRESS_NOT_AVAILABLE, two.connect(to));
    }

    @Test
    void withoutARouteConnectingFails() {
        TcpEndpoint e = peer.stack.tcp().open(false);
        SocketAddress to = new SocketAddress(IpAddress.v4(8, 8, 8, 8), 9);
        assertEquals(NetError.NO_ROUTE, e.connect(to));
    }

    @Test
    void anEndpointThatWasNeverConnectedHasNothingToSay() {
        TcpEndpoint e = peer.stack.tcp().open(false);
        assertEquals("NOT_CONNECTED", hear(e));
        assertEquals(Readiness.HANG_UP | Readiness.WRITABLE, e.readiness());
        assertEquals(NetError.NOT_CONNECTED, e.shutdownWrite());
        e.close();
    }
}
