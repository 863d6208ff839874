package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.hear;
import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

/** A backlog under pressure, and SYN cookies. */
class SynFloodTest {
    private static final int SYNS = Integer.getInteger("stasis.fuzz.syns", 50_000);
    private final RawPeer peer = new RawPeer(TcpSettings.defaults());

    private void flood(int count) {
        for (int i = 0; i < count; i++) {
            peer.fromPort(10_000 + i % 50_000);
            peer.send("S", i, 0);
        }
        peer.drain();
    }

    @Test
    void aFloodOccupiesNoMoreThanTheBacklog() {
        peer.listener();
        flood(SYNS);

        assertEquals(5, peer.stack.tcp().connectionCount());
        assertTrue(peer.stack.tcp().counters().synCookiesSent > SYNS * 0.99);
    }

    @Test
    void aConnectionGoesOnThroughAFlood() {
        TcpEndpoint e = peer.established("mss 1000");
        flood(10_000);
        peer.fromPort(RawPeer.PEER_PORT);
        peer.send("A", 1, 1, 10);

        assertEquals("bcdefghijk", hear(e));
    }

    @Test
    void whoAnswersACookieIsConnected() {
        TcpEndpoint l = peer.listener();
        flood(100);
        peer.fromPort(9999);
        peer.forgetIss();
        peer.send("S", 0, 0, 65000, 0, "mss 1400, ws 9, sackok, ts 100 0");
        peer.expect("SA 0 1");
        assertTrue(peer.options.sackPermitted());
        peer.send("A", 1, 1, 100, 10, "ts 101 " + peer.tsVal());
        peer.expect("A 1 11");
        TcpEndpoint e = l.accept();

        assertNotNull(e);
        assertEquals("bcdefghijk", hear(e));
        TcpInfo info = e.info();
        assertTrue(info.sack() && info.scaling() && info.timestamps());
        assertEquals(9, info.sendScale());
        assertEquals(100 << 9, info.sendWindow());
        assertEquals(1360 - 12, info.sendMss());
        assertEquals(1, peer.stack.tcp().counters().synCookiesTaken);
    }

    @Test
    void aCookieOffersTheWindowAndScaleOfTheConnectionToBe() {
        TcpEndpoint l = peer.listener();
        l.options.receiveBytes = 4000;
        flood(100);
        peer.fromPort(9999);
        peer.forgetIss();
        peer.send("S", 0, 0, 65000, 0, "mss 1400, ws 9, sackok, ts 100 0");
        peer.expect("SA 0 1");
        assertEquals(0, peer.options.scale());
        assertEquals(4000, peer.window());
        peer.send("A", 1, 1, 100, 10, "ts 101 " + peer.tsVal());
        peer.expect("A 1 11");
        assertTrue(peer.window() > 3000 && peer.window() <= 4000);
    }

    @Test
    void withoutTimestampsACookieKeepsTheSegmentSizeOnly() {
        TcpEndpoint l = peer.listener();
        flood(100);
        peer.fromPort(9999);
        peer.forgetIss();
        peer.send("S", 0, 0, 65000, 0, "mss 1460, ws 9, sackok");
        peer.expect("SA 0 1");
        assertEquals(-1, peer.options.scale());
        peer.send("A", 1, 1);
        TcpEndpoint e = l.accept();

        assertNotNull(e);
        assertEquals(1460, e.info().sendMss());
    }

    @Test
    void aForgedCookieIsRefused() {
        TcpEndpoint l = peer.listener();
        flood(100);
        peer.fromPort(9999);
        peer.assumeIss(0);
        peer.send("A", 1, 12345);

        peer.expect("R 12345");
        assertNull(l.accept());
    }

    @Test
    void anOldCookieIsRefused() {
        TcpEndpoint l = peer.listener();
        flood(100);
        peer.fromPort(9999);
        peer.forgetIss();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.pass(175 * SECOND);
        peer.drain();
        peer.send("A", 1, 1);

        peer.expect("R 1");
        assertNull(l.accept());
    }

    @Test
    void aFullAcceptQueueMakesHandshakesWait() {
        TcpEndpoint l = peer.listener();
        for (int i = 0; i < 6; i++) {
            peer.fromPort(6000 + i);
            peer.forgetIss();
            peer.send("S", 0, 0);
            peer.expect("SA 0 1");
            peer.send("A", 1, 1);
        }
        peer.fromPort(7000);
        peer.forgetIss();
        peer.send("S", 0, 0);
        peer.expectNothing();
        assertNotNull(l.accept());
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
    }
}
