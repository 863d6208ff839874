package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.bytes;
import static stasis.net.stack.Talk.hear;
import static stasis.net.stack.Talk.say;
import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

import stasis.net.NetError;
import stasis.net.Readiness;

/** From ESTABLISHED to CLOSED, RFC 9293 3.6 and 3.10.4, and by reset. */
class ClosingTest {
    private final RawPeer peer = new RawPeer();
    private final TcpEndpoint e = peer.established();

    private void inFinWait1() {
        e.shutdownWrite();
        peer.expect("FA 1 1");
        assertEquals(TcpState.FIN_WAIT_1, e.state());
    }

    private void inFinWait2() {
        inFinWait1();
        peer.send("A", 1, 2);
        assertEquals(TcpState.FIN_WAIT_2, e.state());
    }

    private void inTimeWait() {
        inFinWait2();
        peer.send("FA", 1, 2);
        peer.expect("A 2 2");
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    private void inCloseWait() {
        peer.send("FA", 1, 1);
        peer.expect("A 1 2");
        assertEquals(TcpState.CLOSE_WAIT, e.state());
    }

    private void inLastAck() {
        inCloseWait();
        e.close();
        peer.expect("FA 1 2");
        assertEquals(TcpState.LAST_ACK, e.state());
    }

    private void inClosing() {
        inFinWait1();
        peer.send("FA", 1, 1);
        peer.expect("A 2 2");
        assertEquals(TcpState.CLOSING, e.state());
    }

    // ---- by the book ----

    @Test
    void establishedBecomesFinWait1ByShutdown() {
        inFinWait1();
        assertEquals(NetError.SHUT_DOWN, NetError.of(e.send(bytes("x"), 0, 1, false)));
    }

    @Test
    void finWait1BecomesFinWait2ByAck() {
        inFinWait2();
        peer.expectNothing();
    }

    @Test
    void finWait1BecomesClosingByFin() {
        inClosing();
    }

    @Test
    void finWait1BecomesTimeWaitByFinAndAck() {
        inFinWait1();
        peer.send("FA", 1, 2);
        peer.expect("A 2 2");
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    @Test
    void finWait2BecomesTimeWaitByFin() {
        inTimeWait();
        assertEquals("", hear(e));
    }

    @Test
    void finWait2StillReceives() {
        inFinWait2();
        peer.send("A", 1, 2, 10);
        peer.expect("A 2 11");
        assertEquals("bcdefghijk", hear(e));
    }

    @Test
    void closingBecomesTimeWaitByAck() {
        inClosing();
        peer.send("A", 2, 2);
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    @Test
    void establishedBecomesCloseWaitByFin() {
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        inCloseWait();

        assertEquals(Readiness.READABLE | Readiness.PEER_CLOSED, events[0]);
        assertEquals("", hear(e));
        assertEquals(
                Readiness.READABLE | Readiness.PEER_CLOSED | Readiness.WRITABLE, e.readiness());
    }

    @Test
    void closeWaitStillSends() {
        inCloseWait();
        say(e, "last words");
        peer.expect("A 1 2 10");
    }

    @Test
    void closeWaitBecomesLastAckByClose() {
        inLastAck();
    }

    @Test
    void lastAckBecomesClosedByAck() {
        inLastAck();
        peer.send("A", 2, 2);

        assertEquals(TcpState.CLOSED, e.state());
        assertEquals(0, peer.stack.tcp().connectionCount());
    }

    @Test
    void finGoesWithTheLastData() {
        e.options.noDelay = true;
        peer.send("A", 1, 1, 0, 0);
        say(e, "hello");
        e.shutdownWrite();
        peer.expectNothing();
        peer.send("A", 1, 1, 65000, 0);
        peer.expect("FA 1 1 5");
    }

    @Test
    void dataAndFinInOneSegmentAreTakenInOrder() {
        peer.send("FA", 1, 1, 10);
        peer.expect("A 1 12");
        assertEquals("bcdefghijk", hear(e));
        assertEquals("", hear(e));
    }

    @Test
    void aFinBeforeItsTurnWaits() {
        peer.send("FA", 11, 1, 10);
        peer.expect("A 1 1");
        assertEquals(TcpState.ESTABLISHED, e.state());
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 22");
        assertEquals(TcpState.CLOSE_WAIT, e.state());
        assertEquals("bcdefghijklmnopqrstu", hear(e));
    }

    @Test
    void aRepeatedFinIsAcknowledgedAgain() {
        inCloseWait();
        peer.send("FA", 1, 1);
        peer.expect("A 1 2");
    }

    @Test
    void whoeverLingersHearsWhenAllIsAcknowledged() {
        e.close();
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        peer.expect("FA 1 1");
        assertEquals(0, events[0]);
        peer.send("A", 1, 2);
        assertTrue(events[0] != 0);
    }

    // ---- TIME-WAIT ----

    @Test
    void timeWaitLastsAMinute() {
        inTimeWait();
        peer.pass(60 * SECOND - 1);
        assertEquals(TcpState.TIME_WAIT, e.state());
        peer.pass(1);
        assertEquals(TcpState.CLOSED, e.state());
    }

    @Test
    void timeWaitAcknowledgesARepeatedFinAndStartsAgain() {
        inTimeWait();
        peer.pass(50 * SECOND);
        peer.send("FA", 1, 2);
        peer.expect("A 2 2");
        peer.pass(50 * SECOND);
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    @Test
    void timeWaitIsNotEndedByReset() {
        inTimeWait();
        peer.send("R", 2, 0);
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    @Test
    void timeWaitGivesWayToANewConnection() {
        inTimeWait();
        e.close();
        peer.send("S", 100_000, 0);

        assertEquals(TcpState.CLOSED, e.state());
        assertEquals(1, peer.stack.tcp().connectionCount());
    }

    @Test
    void timeWaitAnswersAnOldSynWithAck() {
        inTimeWait();
        peer.send("S", -5000, 0);
        peer.expect("A 2 2");
        assertEquals(TcpState.TIME_WAIT, e.state());
    }

    // ---- close ----

    @Test
    void closeWithUnreadDataResets() {
        peer.send("A", 1, 1, 10);
        peer.drain();
        e.close();
        peer.expect("RA 1 11");
        assertEquals(0, peer.stack.tcp().connectionCount());
    }

    @Test
    void dataAfterCloseAreAnsweredWithReset() {
        e.close();
        peer.expect("FA 1 1");
        peer.send("A", 1, 2, 10);
        peer.expect("RA 2 1");
        assertEquals(TcpState.CLOSED, e.state());
    }

    @Test
    void finWait2EndsAfterAMinuteWhenNobodyHoldsIt() {
        e.close();
        peer.expect("FA 1 1");
        peer.send("A", 1, 2);
        assertEquals(TcpState.FIN_WAIT_2, e.state());
        peer.pass(61 * SECOND);
        assertEquals(TcpState.CLOSED, e.state());
    }

    @Test
    void finWait2LastsWhileSomebodyHoldsIt() {
        inFinWait2();
        peer.pass(3600 * SECOND);
        assertEquals(TcpState.FIN_WAIT_2, e.state());
    }

    @Test
    void abortResets() {
        e.abort();
        peer.expect("RA 1 1");
        assertEquals(0, peer.stack.tcp().connectionCount());
    }

    @Test
    void closingAListenerResetsWhatNobodyAccepted() {
        RawPeer other = new RawPeer();
        TcpEndpoint l = other.listener();
        other.send("S", 0, 0);
        other.expect("SA 0 1");
        other.send("A", 1, 1);
        l.close();

        other.expect("RA 1 1");
        assertEquals(0, other.stack.tcp().connectionCount());
    }

    @Test
    void connectionsAreResetOnBehalfOfBothSides() {
        peer.stack.tcp().resetConnections(c -> c.localPort() == RawPeer.PORT);
        peer.expect("RA 1 1");
        assertEquals(NetError.CONNECTION_RESET, e.takeError());
    }

    @Test
    void aPeerWithAClosedWindowDoesNotHoldAnOrphanForEver() {
        peer.send("A", 1, 1, 0, 0);
        say(e, "never read");
        e.close();
        for (int i = 0; i < 20; i++) {
            peer.pass(121 * SECOND);
            if (peer.drain() > 0) peer.send("A", 1, 1, 0, 0);
        }
        assertEquals(0, peer.stack.tcp().connectionCount());
    }

    // ---- reset, RFC 5961 ----

    @Test
    void aResetAtTheExactNumberResets() {
        peer.send("A", 1, 1, 10);
        peer.drain();
        peer.send("R", 11, 0);

        assertEquals(TcpState.CLOSED, e.state());
        assertEquals("bcdefghijk", hear(e));
        assertEquals("CONNECTION_RESET", hear(e));
        assertEquals("", hear(e));
        assertEquals(NetError.SHUT_DOWN, NetError.of(e.send(bytes("x"), 0, 1, false)));
    }

    @Test
    void aResetElsewhereInTheWindowIsChallenged() {
        peer.send("R", 100, 0);
        peer.expect("A 1 1");
        assertEquals(TcpState.ESTABLISHED, e.state());
    }

    @Test
    void aResetOutsideTheWindowIsIgnored() {
        peer.send("R", 100_000, 0);
        peer.send("R", 0, 0);
        peer.expectNothing();
        assertEquals(TcpState.ESTABLISHED, e.state());
    }

    @Test
    void challengesAreFew() {
        for (int i = 0; i < 100; i++) peer.send("R", 100 + i, 0);
        assertEquals(1, peer.drain());
        peer.pass(SECOND);
        peer.send("R", 100, 0);
        assertEquals(1, peer.drain());
    }

    @Test
    void aSynInTheWindowIsChallenged() {
        peer.send("S", 100, 0);
        peer.expect("A 1 1");
        assertEquals(TcpState.ESTABLISHED, e.state());
    }

    @Test
    void anAckOfWhatWasNeverSentIsChallenged() {
        peer.send("A", 1, 5000, 10);
        peer.expect("A 1 1");
        assertEquals(0, e.readable());
    }

    @Test
    void anAckFromFarInThePastIsChallenged() {
        peer.send("A", 1, -100_000, 10);
        peer.expect("A 1 1");
        assertEquals(0, e.readable());
    }

    @Test
    void aSegmentWithoutAckIsDropped() {
        peer.send("P", 1, 0, 10);
        peer.expectNothing();
        assertEquals(0, e.readable());
    }

    @Test
    void resetInFinWait2EndsIt() {
        inFinWait2();
        peer.send("R", 1, 0);
        assertEquals(TcpState.CLOSED, e.state());
        assertEquals(NetError.CONNECTION_RESET, e.takeError());
    }

    @Test
    void resetInLastAckIsNoError() {
        inLastAck();
        peer.send("R", 2, 0);
        assertEquals(TcpState.CLOSED, e.state());
        assertNull(e.takeError());
    }

    @Test
    void anEndpointOfAConnectionKnowsBothEnds() {
        assertNotNull(e.remote());
        assertTrue(e.local().toString().endsWith(":80"));
    }
}
