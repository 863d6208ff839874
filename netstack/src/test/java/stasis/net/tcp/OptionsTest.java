package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.hear;
import static stasis.net.tcp.RawPeer.MILLI;
import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/** Window scaling and timestamps (RFC 7323), SACK (RFC 2018, 2883), RACK and TLP (RFC 8985). */
class OptionsTest {
    private static final String ALL = "mss 1000, ws 3, sackok, ts 1 0";
    private final RawPeer peer = new RawPeer(TcpSettings.defaults());

    private TcpEndpoint withSackOnly() {
        return peer.established("mss 1000, sackok");
    }

    private static void sayMuch(TcpEndpoint e, int count) {
        assertEquals(count, e.send(MemorySegment.ofArray(new byte[count]), 0, count, false));
    }

    // ---- negotiation ----

    @Test
    void aSynOffersAllOptions() {
        peer.connecting();
        peer.expect("S 0");
        assertEquals(1460, peer.options.mss());
        assertEquals(7, peer.options.scale());
        assertTrue(peer.options.sackPermitted());
        assertTrue(peer.options.hasTimestamps());
        assertEquals(0, peer.options.tsEcr());
    }

    @Test
    void whatTheSynOffersIsAccepted() {
        peer.listener();
        peer.send("S", 0, 0, 65000, 0, ALL);
        peer.expect("SA 0 1");
        assertEquals(7, peer.options.scale());
        assertTrue(peer.options.sackPermitted());
        assertEquals(1, peer.options.tsEcr());
    }

    @Test
    void whatTheSynDoesNotOfferIsNotAnswered() {
        peer.listener();
        peer.send("S", 0, 0, 65000, 0, "mss 1000");
        peer.expect("SA 0 1");
        assertEquals(-1, peer.options.scale());
        assertFalse(peer.options.sackPermitted());
        assertFalse(peer.options.hasTimestamps());
    }

    @Test
    void aSynAckWithoutOptionsTurnsThemOff() {
        TcpEndpoint e = peer.connecting();
        peer.expect("S 0");
        peer.send("SA", 0, 1);
        peer.expect("A 1 1");
        assertFalse(peer.options.hasTimestamps());
        TcpInfo info = e.info();
        assertFalse(info.timestamps() || info.sack() || info.scaling());
        assertEquals(65535, peer.window());
    }

    @Test
    void thePeersWindowIsScaledAfterTheSyn() {
        TcpEndpoint e = peer.listener();
        peer.send("S", 0, 0, 1000, 0, "mss 1000, ws 3");
        peer.expect("SA 0 1");
        peer.send("A", 1, 1, 1000, 0);
        TcpEndpoint c = java.util.Objects.requireNonNull(e.accept());
        assertEquals(8000, c.info().sendWindow());
    }

    @Test
    void segmentsLeaveRoomForTimestamps() {
        TcpEndpoint e = peer.established(ALL);
        sayMuch(e, 2000);
        peer.expect("A 1 1 988");
    }

    // ---- timestamps ----

    @Test
    void theLatestTimestampInOrderIsEchoed() {
        TcpEndpoint e = peer.established(ALL);
        peer.send("A", 1, 1, 65000, 10, "ts 50 " + peer.tsVal());
        peer.expect("A 1 11");
        assertEquals(50, peer.options.tsEcr());
        peer.send("A", 21, 1, 65000, 10, "ts 60 " + peer.tsVal());
        peer.expect("A 1 11");
        assertEquals(50, peer.options.tsEcr());
        assertEquals(10, e.readable());
    }

    @Test
    void aSegmentFromThePastIsDroppedAndAcknowledged() {
        TcpEndpoint e = peer.established(ALL);
        peer.send("A", 1, 1, 65000, 10, "ts 50 0");
        peer.drain();
        peer.send("A", 11, 1, 65000, 10, "ts 49 0");
        peer.expect("A 1 11");
        assertEquals(10, e.readable());
    }

    @Test
    void afterTwentyFiveDaysOfSilenceNoTimestampIsTooOld() {
        TcpEndpoint e = peer.established(ALL);
        peer.send("A", 1, 1, 65000, 10, "ts 50 0");
        peer.pass(25L * 86_400 * SECOND);
        peer.drain();
        peer.send("A", 11, 1, 65000, 10, "ts 49 0");
        assertEquals(20, e.readable());
    }

    @Test
    void aNeedlessRetransmissionIsUndone() {
        TcpEndpoint e = peer.established(ALL);
        peer.pass(10 * MILLI);
        sayMuch(e, 988 * 5);
        peer.expect("A 1 1 988");
        int first = peer.tsVal();
        peer.drain();
        long before = e.congestion.window();
        peer.pass(3 * SECOND);
        assertEquals(LossRecovery.Phase.LOSS, e.recovery.phase());
        peer.send("A", 1, 1 + 988 * 5, 8000, 0, "ts 9 " + first);

        assertEquals(LossRecovery.Phase.OPEN, e.recovery.phase());
        assertTrue(e.congestion.window() >= before);
        assertEquals(1, e.info().undone());
    }

    // ---- SACK as receiver ----

    @Test
    void gapsAreReportedTheLatestFirst() {
        withSackOnly();
        peer.send("A", 11, 1, 10);
        peer.expect("A 1 1");
        assertBlocks(11, 21);
        peer.send("A", 31, 1, 10);
        peer.expect("A 1 1");
        assertBlocks(31, 41, 11, 21);
        peer.send("A", 51, 1, 10);
        peer.expect("A 1 1");
        assertBlocks(51, 61, 31, 41, 11, 21);
        peer.send("A", 21, 1, 10);
        peer.expect("A 1 1");
        assertBlocks(11, 41, 51, 61);
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 41");
        assertBlocks(51, 61);
    }

    @Test
    void whatCameTwiceIsReportedOnce() {
        withSackOnly();
        peer.send("A", 1, 1, 20);
        peer.drain();
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 21");
        assertBlocks(1, 11);
        peer.send("A", 21, 1, 10);
        peer.expect("A 1 31");
        assertBlocks();
    }

    private void assertBlocks(int... edges) {
        assertEquals(edges.length / 2, peer.options.sackBlocks());
        for (int i = 0; i < edges.length / 2; i++) {
            int left = peer.options.sackLeft(i) - peer.peerIss();
            int right = peer.options.sackRight(i) - peer.peerIss();
            assertEquals(edges[2 * i] + ".." + edges[2 * i + 1], left + ".." + right);
        }
    }

    // ---- SACK as sender ----

    @Test
    void threeSackedSegmentsShowThatTheFirstIsLost() {
        TcpEndpoint e = withSackOnly();
        sayMuch(e, 5000);
        peer.drain();
        peer.pass(MILLI);
        peer.sendSack(1, 1, 1001, 2001);
        peer.sendSack(1, 1, 1001, 3001);
        peer.sendSack(1, 1, 1001, 4001);
        peer.expect("A 1 1 1000");
        peer.expectNothing();
        peer.sendSack(1, 5001);
        assertEquals(LossRecovery.Phase.OPEN, e.recovery.phase());
    }

    @Test
    void onlyWhatIsMissingIsSentAgain() {
        TcpEndpoint e = withSackOnly();
        sayMuch(e, 9000);
        peer.drain();
        peer.pass(MILLI);
        peer.sendSack(1, 1, 1001, 2001, 3001, 4001);
        peer.sendSack(1, 1, 5001, 9001, 3001, 4001, 1001, 2001);
        peer.expect("A 1 1 1000");
        peer.sendSack(1, 2001, 5001, 9001, 3001, 4001);
        peer.expect("A 2001 1 1000");
        peer.sendSack(1, 4001, 5001, 9001);
        peer.expect("A 4001 1 1000");
        peer.sendSack(1, 9001);
        peer.expectNothing();
        assertEquals(3, e.info().totalRetransmissions());
    }

    @Test
    void aLostRetransmissionIsNoticedWithoutATimeout() {
        TcpEndpoint e = withSackOnly();
        for (int i = 0; i < 20; i++) e.rtt.sample(10 * MILLI, 1, peer.now);
        sayMuch(e, 5000);
        peer.drain();
        peer.pass(10 * MILLI);
        peer.sendSack(1, 1, 1001, 4001);
        peer.expect("A 1 1 1000");
        sayMuch(e, 3000);
        assertTrue(peer.drain() > 0);
        peer.pass(15 * MILLI);
        peer.sendSack(1, 1, 1001, 6001);
        peer.expect("A 1 1 1000");
    }

    @Test
    void sacksOutsideOfWhatWasSentAreIgnored() {
        TcpEndpoint e = withSackOnly();
        sayMuch(e, 3000);
        peer.drain();
        peer.sendSack(1, 1, 100_001, 200_001);
        peer.sendSack(1, 1, 2001, 1001);
        peer.sendSack(1, 1, -5000, -4000);

        assertEquals(0, e.info().sacked());
    }

    @Test
    void theTailOfABurstIsProbedAfterTwoRoundTrips() {
        TcpEndpoint e = withSackOnly();
        for (int i = 0; i < 20; i++) e.rtt.sample(10 * MILLI, 1, peer.now);
        sayMuch(e, 3000);
        peer.drain();
        peer.pass(19 * MILLI);
        peer.expectNothing();
        peer.pass(5 * MILLI);
        peer.expect("A 2001 1 1000");
        peer.sendSack(1, 1, 2001, 3001);
        peer.pass(5 * MILLI);
        peer.expect("A 1 1 1000");
    }

    @Test
    void aReceiverThatTakesBackItsSacksGetsAllAgain() {
        TcpEndpoint e = withSackOnly();
        sayMuch(e, 4000);
        peer.drain();
        peer.sendSack(1, 1, 1001, 4001);
        peer.drain();
        peer.sendSack(1, 1001);
        peer.pass(10 * SECOND);
        peer.drain();
        peer.send("A", 1, 2001);
        peer.pass(10 * SECOND);
        assertTrue(peer.drain() > 0);
        peer.send("A", 1, 4001);
        assertEquals(0, e.unacknowledged());
        assertEquals("WOULD_BLOCK", hear(e));
    }
}
