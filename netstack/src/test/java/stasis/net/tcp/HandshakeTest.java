package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

import stasis.net.NetError;
import stasis.net.Readiness;

/** CLOSED, LISTEN, SYN-SENT and SYN-RECEIVED: RFC 9293 3.5 and 3.10.7.1 to 3.10.7.3. */
class HandshakeTest {
    private final RawPeer peer = new RawPeer();

    // ---- CLOSED ----

    @Test
    void closedAnswersSynWithReset() {
        peer.assumeIss(0);
        peer.send("S", 0, 0);
        peer.expect("RA 0 1");
    }

    @Test
    void closedAnswersAckWithResetAtItsNumber() {
        peer.assumeIss(0);
        peer.send("A", 5, 777);
        peer.expect("R 777");
    }

    @Test
    void closedIgnoresReset() {
        peer.assumeIss(0);
        peer.send("RA", 5, 777);
        peer.expectNothing();
    }

    // ---- LISTEN ----

    @Test
    void listenIgnoresReset() {
        peer.listener();
        peer.send("R", 0, 0);
        peer.expectNothing();
    }

    @Test
    void listenAnswersAckWithReset() {
        peer.listener();
        peer.assumeIss(0);
        peer.send("A", 5, 777);
        peer.expect("R 777");
    }

    @Test
    void listenAnswersSynWithSynAck() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        assertEquals(1460, peer.options.mss());
        assertNull(l.accept());
    }

    @Test
    void listenIgnoresSegmentsWithoutSynAndAck() {
        peer.listener();
        peer.send("F", 0, 0);
        peer.send("P", 0, 0, 10);
        peer.expectNothing();
    }

    // ---- SYN-RECEIVED ----

    @Test
    void synReceivedBecomesEstablishedByAck() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1);
        peer.expectNothing();

        assertEquals(Readiness.READABLE, l.readiness());
        TcpEndpoint e = l.accept();
        assertNotNull(e);
        assertEquals(TcpState.ESTABLISHED, e.state());
        assertEquals(RawPeer.PEER_PORT, e.remotePort());
    }

    @Test
    void synReceivedTakesDataWithTheAck() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 11");

        TcpEndpoint e = l.accept();
        assertNotNull(e);
        assertEquals(10, e.readable());
    }

    @Test
    void synReceivedAnswersAWrongAckWithReset() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 2);
        peer.expect("R 2");

        assertNull(l.accept());
        assertEquals(1, peer.stack.tcp().connectionCount());
    }

    @Test
    void synReceivedAnswersTheSameSynWithTheSameAnswer() {
        peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
    }

    @Test
    void synReceivedSendsItsAnswerAgainAndGivesUpAtLast() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.pass(SECOND);
        peer.expect("SA 0 1");
        peer.pass(2 * SECOND);
        peer.expect("SA 0 1");
        peer.pass(200 * SECOND);

        assertEquals(3, peer.drain());
        assertEquals(0, peer.stack.tcp().connectionCount());
        assertNull(l.accept());
    }

    @Test
    void synReceivedReturnsToListenByReset() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("R", 1, 0);

        assertEquals(0, peer.stack.tcp().connectionCount());
        assertEquals(TcpState.LISTEN, l.state());
    }

    @Test
    void synReceivedBecomesCloseWaitByFin() {
        TcpEndpoint l = peer.listener();
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("FA", 1, 1);
        peer.expect("A 1 2");

        TcpEndpoint e = l.accept();
        assertNotNull(e);
        assertEquals(TcpState.CLOSE_WAIT, e.state());
    }

    // ---- SYN-SENT ----

    @Test
    void connectSendsSyn() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");

        assertEquals(TcpState.SYN_SENT, e.state());
        assertEquals(0, e.readiness());
        assertEquals(NetError.ALREADY_IN_PROGRESS, e.connect(e.local()));
    }

    @Test
    void synSentBecomesEstablishedBySynAck() {
        TcpEndpoint e = peer.connecting();
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        peer.expect("S 0");
        peer.send("SA", 0, 1);
        peer.expect("A 1 1");

        assertEquals(TcpState.ESTABLISHED, e.state());
        assertEquals(Readiness.WRITABLE, events[0]);
        assertEquals(Readiness.WRITABLE, e.readiness());
    }

    @Test
    void synSentIsRefusedByResetWithAck() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("RA", 0, 1);

        assertEquals(TcpState.CLOSED, e.state());
        assertTrue((e.readiness() & Readiness.ERROR) != 0);
        assertEquals(NetError.CONNECTION_REFUSED, e.takeError());
        assertNull(e.takeError());
    }

    @Test
    void synSentIgnoresResetWithoutAck() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("R", 0, 0);

        assertEquals(TcpState.SYN_SENT, e.state());
    }

    @Test
    void synSentAnswersAWrongAckWithReset() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("SA", 0, 2);
        peer.expect("R 2");

        assertEquals(TcpState.SYN_SENT, e.state());
    }

    @Test
    void synSentIgnoresAResetForAWrongAck() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("RA", 0, 2);
        peer.expectNothing();

        assertEquals(TcpState.SYN_SENT, e.state());
    }

    @Test
    void synSentIgnoresAnAckAlone() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("A", 0, 1);
        peer.expectNothing();

        assertEquals(TcpState.SYN_SENT, e.state());
    }

    @Test
    void synSentBecomesSynReceivedByAnotherSyn() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        assertEquals(TcpState.SYN_RECEIVED, e.state());

        peer.send("SA", 0, 1);
        assertEquals(TcpState.ESTABLISHED, e.state());
    }

    @Test
    void simultaneousOpenIsCompletedByAnAckAsWell() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("A", 1, 1);

        assertEquals(TcpState.ESTABLISHED, e.state());
    }

    @Test
    void aResetInASimultaneousOpenRefusesIt() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("S", 0, 0);
        peer.expect("SA 0 1");
        peer.send("R", 1, 0);

        assertEquals(NetError.CONNECTION_REFUSED, e.takeError());
    }

    @Test
    void synSentTakesDataWithTheSynAck() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("SA", 0, 1, 10);
        peer.expect("A 1 11");

        assertEquals(10, e.readable());
    }

    @Test
    void synSentSendsAgainAfterOneTwoFourSecondsAndTimesOut() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        for (int wait = 1; wait <= 32; wait *= 2) {
            peer.pass(wait * SECOND - 1);
            peer.expectNothing();
            peer.pass(1);
            peer.expect("S 0");
        }
        peer.pass(64 * SECOND);
        peer.expectNothing();

        assertEquals(TcpState.CLOSED, e.state());
        assertEquals(NetError.TIMED_OUT, e.takeError());
    }

    @Test
    void closingWhileSynSentForgetsTheConnection() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        e.close();

        assertEquals(0, peer.stack.tcp().connectionCount());
        peer.send("SA", 0, 1);
        peer.expect("R 1");
    }

    @Test
    void afterARefusalTheSameEndpointMayTryAgain() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("RA", 0, 1);
        assertEquals(NetError.CONNECTION_REFUSED, e.takeError());

        assertEquals(
                NetError.IN_PROGRESS,
                e.connect(new stasis.net.SocketAddress(RawPeer.PEER, RawPeer.PEER_PORT)));
        assertFalse(e.localPort() == 0);
    }
}
