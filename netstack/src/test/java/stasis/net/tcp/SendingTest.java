package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.bytes;
import static stasis.net.stack.Talk.say;
import static stasis.net.tcp.RawPeer.MILLI;
import static stasis.net.tcp.RawPeer.SECOND;

import org.junit.jupiter.api.Test;

import stasis.net.NetError;
import stasis.net.Readiness;

import java.lang.foreign.MemorySegment;

/** What ESTABLISHED sends and when: RFC 9293 3.7 and 3.8, RFC 6298, RFC 5681, RFC 6582. */
class SendingTest {
    private final RawPeer peer = new RawPeer();
    private final TcpEndpoint e = peer.established();

    private static void sayMuch(TcpEndpoint e, int count) {
        assertEquals(count, e.send(MemorySegment.ofArray(new byte[count]), 0, count, false));
    }

    // ---- segments ----

    @Test
    void dataGoOutAtOnce() {
        say(e, "hello");
        peer.expect("A 1 1 5");
    }

    @Test
    void segmentsAreNoLongerThanThePeerAsked() {
        e.options.noDelay = true;
        sayMuch(e, 2500);
        peer.expect("A 1 1 1000");
        peer.expect("A 1001 1 1000");
        peer.expect("A 2001 1 500");
    }

    @Test
    void withoutTheOptionThePeersMssIs536() {
        RawPeer other = new RawPeer();
        TcpEndpoint o = other.established("");
        sayMuch(o, 1000);
        other.expect("A 1 1 536");
    }

    @Test
    void anAbsurdMssIsNotTakenSeriously() {
        RawPeer other = new RawPeer();
        TcpEndpoint o = other.established("mss 1");
        sayMuch(o, 1000);
        other.expect("A 1 1 88");
    }

    @Test
    void theSegmentSizeThatTheUserSetHolds() {
        e.options.maxSegment = 100;
        e.sender.refreshMss();
        sayMuch(e, 250);
        peer.expect("A 1 1 100");
    }

    // ---- Nagle, cork ----

    @Test
    void aSecondSmallSegmentWaitsForTheFirst() {
        say(e, "a");
        peer.expect("A 1 1 1");
        say(e, "bc");
        peer.expectNothing();
        peer.send("A", 1, 2);
        peer.expect("A 2 1 2");
    }

    @Test
    void withNoDelayItDoesNot() {
        e.options.noDelay = true;
        say(e, "a");
        peer.expect("A 1 1 1");
        say(e, "bc");
        peer.expect("A 2 1 2");
    }

    @Test
    void aFullSegmentDoesNotWait() {
        say(e, "a");
        peer.expect("A 1 1 1");
        sayMuch(e, 1500);
        peer.expect("A 2 1 1000");
        peer.expectNothing();
    }

    @Test
    void corkHoldsUntilItIsPulled() {
        e.options.cork = true;
        say(e, "head");
        peer.expectNothing();
        e.options.cork = false;
        e.optionsChanged();
        peer.expect("A 1 1 4");
    }

    @Test
    void corkHoldsForTwoHundredMillisecondsAtMost() {
        e.options.cork = true;
        say(e, "head");
        peer.pass(199 * MILLI);
        peer.expectNothing();
        peer.pass(MILLI);
        peer.expect("A 1 1 4");
    }

    @Test
    void moreHoldsForOneCall() {
        assertEquals(4, e.send(bytes("head"), 0, 4, true));
        peer.expectNothing();
        say(e, "tail");
        peer.expect("A 1 1 8");
    }

    @Test
    void finDoesNotWaitForNagle() {
        say(e, "a");
        peer.expect("A 1 1 1");
        say(e, "b");
        e.shutdownWrite();
        peer.expect("FA 2 1 1");
    }

    // ---- the peer's window ----

    @Test
    void theWindowIsKept() {
        peer.send("A", 1, 1, 1500, 0);
        e.options.noDelay = true;
        sayMuch(e, 3000);
        peer.expect("A 1 1 1000");
        peer.expectNothing();
        peer.send("A", 1, 1001, 2500, 0);
        peer.expect("A 1001 1 1000");
        peer.expect("A 2001 1 1000");
    }

    @Test
    void aSillyWindowIsNotFilled() {
        peer.send("A", 1, 1, 100, 0);
        sayMuch(e, 3000);
        peer.expectNothing();
        peer.pass(250 * MILLI);
        peer.expect("A 1 1 100");
    }

    @Test
    void aClosedWindowIsProbedWithLongerAndLongerPauses() {
        peer.send("A", 1, 1, 0, 0);
        say(e, "hello");
        peer.expectNothing();
        peer.pass(250 * MILLI);
        peer.expect("A 0 1");
        peer.send("A", 1, 1, 0, 0);
        peer.pass(350 * MILLI);
        peer.expectNothing();
        peer.pass(100 * MILLI);
        peer.expect("A 0 1");
        peer.send("A", 1, 1, 0, 0);
        peer.pass(3600 * SECOND);

        assertEquals(TcpState.CLOSED, e.state());
    }

    @Test
    void aPeerThatAnswersProbesMayKeepItsWindowClosedForHours() {
        peer.send("A", 1, 1, 0, 0);
        say(e, "hello");
        for (int i = 0; i < 100; i++) {
            peer.pass(121 * SECOND);
            assertTrue(peer.drain() > 0);
            peer.send("A", 1, 1, 0, 0);
        }

        assertEquals(TcpState.ESTABLISHED, e.state());
        peer.send("A", 1, 1, 1000, 0);
        peer.expect("A 1 1 5");
    }

    @Test
    void anOlderSegmentDoesNotChangeTheWindow() {
        peer.send("A", 1, 1, 10);
        peer.drain();
        peer.send("A", 11, 1, 3000, 0);
        peer.send("A", 1, 1, 0, 10);
        peer.drain();
        sayMuch(e, 1000);
        peer.expect("A 1 11 1000");
    }

    // ---- retransmission ----

    @Test
    void whatIsNotAcknowledgedIsSentAgainWithDoublingPauses() {
        say(e, "hello");
        peer.expect("A 1 1 5");
        peer.pass(199 * MILLI);
        peer.expectNothing();
        peer.pass(2 * MILLI);
        peer.expect("A 1 1 5");
        peer.pass(399 * MILLI);
        peer.expectNothing();
        peer.pass(2 * MILLI);
        peer.expect("A 1 1 5");
        assertEquals(2, e.info().totalRetransmissions());
    }

    @Test
    void afterFifteenRetransmissionsTheConnectionTimesOut() {
        say(e, "hello");
        peer.pass(3600 * SECOND);

        assertEquals(1 + 15, peer.drain());
        assertEquals(NetError.TIMED_OUT, e.takeError());
    }

    @Test
    void theUsersTimeoutIsKept() {
        e.options.userTimeoutNanos = 10 * SECOND;
        say(e, "hello");
        peer.pass(9 * SECOND);
        assertEquals(TcpState.ESTABLISHED, e.state());
        peer.pass(10 * SECOND);
        assertEquals(NetError.TIMED_OUT, e.takeError());
    }

    @Test
    void afterATimeoutOneSegmentGoesOutAndThenTwo() {
        sayMuch(e, 5000);
        assertEquals(5, peer.drain());
        peer.pass(250 * MILLI);
        peer.expect("A 1 1 1000");
        peer.expectNothing();
        peer.send("A", 1, 1001);
        peer.expect("A 1001 1 1000");
        peer.expect("A 2001 1 1000");
        peer.expectNothing();
    }

    @Test
    void threeDuplicatesBringTheLostSegmentBack() {
        sayMuch(e, 6000);
        assertEquals(6, peer.drain());
        peer.send("A", 1, 1001);
        peer.send("A", 1, 1001);
        peer.send("A", 1, 1001);
        peer.expectNothing();
        peer.send("A", 1, 1001);
        peer.expect("A 1001 1 1000");
        peer.expectNothing();
        assertEquals(LossRecovery.Phase.RECOVERY, e.recovery.phase());
    }

    @Test
    void aPartialAcknowledgmentBringsTheNextOneBack() {
        threeDuplicatesBringTheLostSegmentBack();
        peer.send("A", 1, 3001);
        peer.expect("A 3001 1 1000");
        peer.send("A", 1, 6001);
        assertEquals(LossRecovery.Phase.OPEN, e.recovery.phase());
    }

    @Test
    void aRecoveryTakesAThirdOffTheWindow() {
        sayMuch(e, 10_000);
        peer.drain();
        long before = e.congestion.window();
        for (int i = 0; i < 4; i++) peer.send("A", 1, 1);
        peer.send("A", 1, 10_001);

        assertEquals(0.7 * before, e.congestion.window(), 1001);
    }

    @Test
    void acknowledgmentsWithDataAreNoDuplicates() {
        sayMuch(e, 6000);
        peer.drain();
        for (int i = 0; i < 5; i++) peer.send("A", 1 + 10 * i, 1, 10);

        assertEquals(LossRecovery.Phase.OPEN, e.recovery.phase());
    }

    @Test
    void theWindowStartsWithTenSegmentsAndDoubles() {
        sayMuch(e, 60_000);
        assertEquals(10, peer.drain());
        peer.send("A", 1, 10_001);
        assertEquals(20, peer.drain());
    }

    // ---- the user's side ----

    @Test
    void aFullBufferIsReportedAndItsRoomIsAnEvent() {
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        peer.send("A", 1, 1, 0, 0);
        byte[] much = new byte[200_000];
        int n = e.send(MemorySegment.ofArray(much), 0, much.length, false);
        assertTrue(n > 0 && n < much.length);
        assertEquals(
                NetError.WOULD_BLOCK,
                NetError.of(e.send(MemorySegment.ofArray(much), 0, 1, false)));
        assertEquals(0, e.readiness() & Readiness.WRITABLE);
        peer.send("A", 1, 1, 65000, 0);
        for (int acked = 0; events[0] == 0; acked += 5000) peer.send("A", 1, 1 + acked);

        assertEquals(Readiness.WRITABLE, events[0]);
        assertEquals(Readiness.WRITABLE, e.readiness());
    }

    @Test
    void keepAliveProbesAnIdlePeerAndGivesUp() {
        e.options.keepAlive = true;
        e.options.keepIdleNanos = 10 * SECOND;
        e.options.keepIntervalNanos = 2 * SECOND;
        e.options.keepProbes = 3;
        e.optionsChanged();
        peer.pass(10 * SECOND);
        peer.expect("A 0 1");
        peer.send("A", 1, 1);
        peer.pass(10 * SECOND);
        peer.expect("A 0 1");
        peer.pass(2 * SECOND);
        peer.expect("A 0 1");
        peer.pass(2 * SECOND);
        peer.expect("A 0 1");
        peer.pass(2 * SECOND);
        peer.expect("RA 1 1");

        assertEquals(NetError.TIMED_OUT, e.takeError());
    }

    @Test
    void urgentDataCarryThePointerBehindTheByte() {
        assertEquals(3, e.sendUrgent(bytes("abc"), 0, 3));
        peer.expect("UA 1 1 3");
        assertEquals(3, peer.urgentPointer());
    }
}
