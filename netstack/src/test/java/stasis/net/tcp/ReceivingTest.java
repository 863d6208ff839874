package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.net.stack.Talk.hear;
import static stasis.net.tcp.RawPeer.MILLI;

import org.junit.jupiter.api.Test;

import stasis.net.NetError;
import stasis.net.Readiness;

import java.lang.foreign.MemorySegment;

/** What ESTABLISHED does with segments that arrive: RFC 9293 3.10.7.4. */
class ReceivingTest {
    private final RawPeer peer = new RawPeer();
    private final TcpEndpoint e = peer.established();

    private static final String ALPHABET = "bcdefghijklmnopqrstuvwxyza";

    @Test
    void dataAreReadOnce() {
        peer.send("A", 1, 1, 10);
        assertEquals("bcdefghijk", hear(e));
        assertEquals("WOULD_BLOCK", hear(e));
    }

    @Test
    void arrivingDataAreAnEventEachTime() {
        int[] events = {0};
        e.observe(bits -> events[0] += bits);
        peer.send("A", 1, 1, 10);
        peer.send("A", 11, 1, 10);
        assertEquals(2 * Readiness.READABLE, events[0]);
    }

    @Test
    void peekingLeavesTheData() {
        peer.send("A", 1, 1, 3);
        MemorySegment to = MemorySegment.ofArray(new byte[10]);
        assertEquals(3, e.receive(to, 0, 10, true));
        assertEquals("bcd", hear(e));
    }

    // ---- order ----

    @Test
    void aGapIsAnsweredAtOnceWithWhatIsMissing() {
        peer.send("A", 11, 1, 10);
        peer.expect("A 1 1");
        assertEquals("WOULD_BLOCK", hear(e));
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 21");
        assertEquals(ALPHABET.substring(0, 20), hear(e));
    }

    @Test
    void manyGapsAreFilledInAnyOrder() {
        for (int i : new int[] {4, 2, 0, 3, 1}) peer.send("A", 1 + 5 * i, 1, 5);
        assertEquals(ALPHABET.substring(0, 25), hear(e));
    }

    @Test
    void overlappingSegmentsAreTakenOnce() {
        peer.send("A", 6, 1, 10);
        peer.send("A", 1, 1, 10);
        peer.send("A", 3, 1, 20);
        assertEquals(ALPHABET.substring(0, 22), hear(e));
    }

    @Test
    void aDuplicateIsAcknowledgedAndDropped() {
        peer.send("A", 1, 1, 10);
        peer.drain();
        peer.send("A", 1, 1, 10);
        peer.expect("A 1 11");
        assertEquals(10, e.readable());
    }

    @Test
    void whatIsBeyondTheWindowIsCutOff() {
        e.options.receiveBytes = 1000;
        RawPeer other = new RawPeer();
        TcpEndpoint l = other.listener();
        l.options.receiveBytes = 1000;
        other.send("S", 0, 0);
        other.expect("SA 0 1");
        assertEquals(1000, other.window());
        other.send("A", 1, 1);
        other.send("A", 1, 1, 1400);
        other.expect("A 1 1001");
        assertEquals(0, other.window());
    }

    @Test
    void aSegmentBeyondTheWindowIsAnsweredWithAck() {
        peer.send("A", 100_000, 1, 10);
        peer.expect("A 1 1");
        assertEquals(0, e.readable());
    }

    // ---- acknowledgments ----

    @Test
    void afterTheFirstOnesAcknowledgmentsAreDelayed() {
        for (int i = 0; i < 16; i++) peer.send("A", 1 + i, 1, 1);
        assertEquals(16, peer.drain());
        peer.send("A", 17, 1, 1);
        peer.expectNothing();
        peer.pass(40 * MILLI);
        peer.expect("A 1 18");
    }

    @Test
    void everySecondFullSegmentIsAcknowledgedAtOnce() {
        for (int i = 0; i < 16; i++) peer.send("A", 1 + 1000 * i, 1, 1000);
        hear(e);
        peer.drain();
        peer.send("A", 16_001, 1, 1000);
        peer.expectNothing();
        peer.send("A", 17_001, 1, 1000);
        peer.expect("A 1 18001");
    }

    @Test
    void dataCarryTheAcknowledgment() {
        for (int i = 0; i < 16; i++) peer.send("A", 1 + i, 1, 1);
        peer.drain();
        peer.send("A", 17, 1, 1);
        stasis.net.stack.Talk.say(e, "x");
        peer.expect("A 1 18 1");
        peer.pass(40 * MILLI);
        peer.expectNothing();
    }

    // ---- window ----

    @Test
    void theWindowClosesAsDataWaitAndOpensAsTheyAreRead() {
        RawPeer other = new RawPeer();
        TcpEndpoint l = other.listener();
        l.options.receiveBytes = 4000;
        other.send("S", 0, 0);
        other.expect("SA 0 1");
        other.send("A", 1, 1);
        for (int i = 0; i < 4; i++) other.send("A", 1 + 1000 * i, 1, 1000);
        TcpEndpoint o = java.util.Objects.requireNonNull(l.accept());
        other.drain();
        other.send("A", 4001, 1, 1);
        other.expect("A 1 4001");
        assertEquals(0, other.window());
        assertEquals(100, o.receive(MemorySegment.ofArray(new byte[100]), 0, 100, false));
        other.expectNothing();
        assertEquals(3900, o.receive(MemorySegment.ofArray(new byte[3900]), 0, 3900, false));
        other.expect("A 1 4001");
        assertTrue(other.window() >= 1000);
    }

    @Test
    void anAcknowledgmentCountsWhileTheWindowIsClosed() {
        RawPeer other = new RawPeer();
        TcpEndpoint l = other.listener();
        l.options.receiveBytes = 1000;
        other.send("S", 0, 0);
        other.expect("SA 0 1");
        other.send("A", 1, 1);
        other.send("A", 1, 1, 1000);
        TcpEndpoint o = java.util.Objects.requireNonNull(l.accept());
        other.drain();
        stasis.net.stack.Talk.say(o, "x");
        other.expect("A 1 1001 1");
        other.send("A", 1001, 2, 100);
        assertEquals(0, o.unacknowledged());
    }

    // ---- urgent ----

    @Test
    void theUrgentByteIsReadApart() {
        int[] events = {0};
        e.observe(bits -> events[0] |= bits);
        peer.send("UA", 1, 1, 5);
        assertEquals(Readiness.URGENT | Readiness.READABLE, events[0]);
        assertTrue((e.readiness() & Readiness.URGENT) != 0);
        assertEquals('f', e.receiveUrgent(false));
        assertEquals(NetError.INVALID, NetError.of(e.receiveUrgent(false)));
        assertEquals("bcde", hear(e));
        assertTrue(e.isAtUrgentMark());
        peer.send("A", 6, 1, 2);
        assertEquals("gh", hear(e));
    }

    @Test
    void readingStopsBeforeTheMark() {
        peer.send("UA", 1, 1, 3);
        peer.send("A", 4, 1, 3);
        assertEquals("bc", hear(e));
        assertEquals("efg", hear(e));
    }

    @Test
    void inlineTheUrgentByteStaysWhereItIs() {
        e.options.urgentInline = true;
        peer.send("UA", 1, 1, 3);
        peer.send("A", 4, 1, 3);
        assertEquals("bc", hear(e));
        assertTrue(e.isAtUrgentMark());
        assertEquals("defg", hear(e));
        assertEquals(NetError.INVALID, NetError.of(e.receiveUrgent(false)));
    }

    @Test
    void withoutUrgentDataThereIsNoneToRead() {
        peer.send("A", 1, 1, 3);
        assertEquals(NetError.INVALID, NetError.of(e.receiveUrgent(false)));
    }

    @Test
    void shutDownReadingIsTheEndForTheUser() {
        e.shutdownRead();
        assertEquals("", hear(e));
    }
}
