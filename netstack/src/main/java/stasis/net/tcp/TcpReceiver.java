package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrAfter;
import static stasis.net.tcp.SequenceNumber.atOrBefore;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** The receiving half of a connection, RFC 9293 3.3.1 and 3.8.6. */
@Saved("net.TcpReceiver")
final class TcpReceiver {
    /** RFC 7323 5.5: after 24 days without a segment an old timestamp proves nothing. */
    private static final long PAWS_IDLE_NANOS = 24L * 86_400 * 1_000_000_000;

    /** Acknowledged at once after the start, so that the peer's window opens: Linux, quickack. */
    private static final int QUICK_ACKS = 16;

    /** A delayed acknowledgment waits so long. Linux: TCP_ATO_MIN. */
    private static final long ANSWER_NANOS = 40_000_000;

    private TcpEndpoint e;

    private int irs;

    /** RCV.NXT. */
    private int next;

    /** The right edge of the window that the peer was told: RCV.NXT + RCV.WND. */
    private int edge;

    /** Last.ACK.sent of RFC 7323. */
    private int lastAckSent;

    /** How this end scales its window. */
    private int scale;

    /** Bytes not yet taken by the user, and those beyond {@link #next} that came early. */
    private ByteRing ring = new ByteRing();

    private ReceivedRanges ranges = new ReceivedRanges();

    private int limit;

    /** The FIN has been counted into {@link #next}. */
    private boolean finished;

    private boolean finKnown;
    private int finSeq;

    private Urgent urgent = new Urgent();

    private boolean hasTsRecent;
    private int tsRecent;
    private long tsRecentAt;

    private ReceiveTuning tuning = new ReceiveTuning();

    /** Size of the peer's segments as seen. */
    private int peerSegment = 536;

    private int quickAcks = QUICK_ACKS;

    /**
     * Data went out soon after some came: the next answer will take the acknowledgment along.
     * Linux: pingpong mode.
     */
    private boolean answers;

    private boolean ackNow;
    private boolean ackOwed;

    @SuppressWarnings("NullAway.Init") // for a restore
    private TcpReceiver() {}

    TcpReceiver(TcpEndpoint e, int limit, int scale) {
        this.e = e;
        this.limit = limit;
        this.scale = scale;
    }

    /** The peer's SYN. */
    void begin(int peerIss) {
        irs = peerIss;
        next = peerIss + 1;
        lastAckSent = next;
        edge = next;
    }

    int irs() {
        return irs;
    }

    int next() {
        return next;
    }

    int scale() {
        return scale;
    }

    void scaleBy(int newScale) {
        scale = newScale;
    }

    int limit() {
        return limit;
    }

    int peerSegment() {
        return peerSegment;
    }

    ReceivedRanges ranges() {
        return ranges;
    }

    Urgent urgent() {
        return urgent;
    }

    /** Bytes that the user can take. */
    int unread() {
        return ring.size();
    }

    int footprint() {
        return ring.footprint();
    }

    boolean isFinished() {
        return finished;
    }

    private int dataNext() {
        return finished ? next - 1 : next;
    }

    /** The sequence number of the first byte that the user has not taken. */
    private int readSeq() {
        return dataNext() - ring.size();
    }

    // ---- is it acceptable ----

    /**
     * RFC 9293 3.10.7.4, first. More generous than its table on the right, as Linux is
     * (tcp_sequence): a segment that only touches the window is taken, so that its acknowledgment
     * is seen while the window is closed.
     */
    boolean isAcceptable(Segment s) {
        boolean old = s.length() > 0 ? !after(s.end(), lastAckSent) : before(s.seq(), lastAckSent);
        return !old && !after(s.seq(), edge);
    }

    boolean isInWindow(int seq) {
        return atOrAfter(seq, next) && before(seq, edge);
    }

    // ---- timestamps, RFC 7323 ----

    int tsRecent() {
        return tsRecent;
    }

    void takeFirstTimestamp(int tsVal) {
        hasTsRecent = true;
        tsRecent = tsVal;
        tsRecentAt = e.now();
    }

    /** RFC 7323 5.3 R1. */
    boolean isFromThePast(Segment s) {
        if (!hasTsRecent || !s.options().hasTimestamps()) return false;
        if (!before(s.options().tsVal(), tsRecent)) return false;
        return e.now() - tsRecentAt < PAWS_IDLE_NANOS;
    }

    /** RFC 7323 4.3 (2), 5.3 R3. */
    void takeTimestamp(Segment s) {
        if (!s.options().hasTimestamps() || after(s.seq(), lastAckSent)) return;
        if (hasTsRecent && before(s.options().tsVal(), tsRecent)) {
            if (e.now() - tsRecentAt < PAWS_IDLE_NANOS) return;
        }
        takeFirstTimestamp(s.options().tsVal());
    }

    // ---- data ----

    /** RFC 9293 3.10.7.4, seventh. Returns whether the user can read more than before. */
    boolean take(Segment s) {
        if (s.dataLength() == 0) return false;
        notePeerSegment(s);
        if (!trim(s)) return false;
        int length = s.dataLength();
        int offset = ring.size() + (s.seq() - next);
        if (s.seq() != next) {
            ackNow = true;
            if (ranges.add(s.seq(), s.seq() + length)) {
                ring.put(offset, s.bytes(), s.dataAt(), length);
            }
            return false;
        }
        ring.put(offset, s.bytes(), s.dataAt(), length);
        advance(length);
        oweAck();
        return true;
    }

    private void notePeerSegment(Segment s) {
        peerSegment = Math.max(s.dataLength(), peerSegment);
        if (e.isTimestampsEnabled() && s.options().tsEcr() != 0) {
            int millis = e.timestampAt(e.now()) - s.options().tsEcr();
            if (millis >= 0 && millis < 60_000) tuning.sample(Math.max(millis, 1) * 1_000_000L);
        }
    }

    /** Cuts off what is there already and what is beyond the window; false if nothing is left. */
    private boolean trim(Segment s) {
        if (before(s.seq(), next)) {
            int known = Math.min(next - s.seq(), s.dataLength());
            ranges.cameTwice(s.seq(), s.seq() + known);
            ackNow = true;
            s.dropFront(known);
        }
        int beyond = s.end() - edge;
        if (beyond > 0) {
            ackNow = true;
            s.dropBack(Math.min(beyond, s.length()));
        }
        return s.dataLength() > 0;
    }

    private void advance(int length) {
        if (!ranges.isEmpty()) {
            // RFC 5681 4.2: at once, when a gap is filled, wholly or in part
            ackNow = true;
            int end = ranges.advance(next + length);
            length = end - next;
        }
        ring.extend(length);
        next += length;
        e.countReceived(length);
        urgent.arrivedTo(next);
    }

    /** Remembers a FIN at {@code seq}, which may be ahead of what has come. */
    void noteFin(int seq) {
        finKnown = true;
        finSeq = seq;
    }

    /** RFC 9293 3.10.7.4, eighth: whether the FIN's turn has come, once. */
    boolean takeFin() {
        if (!finKnown || finished || next != finSeq) return false;
        finished = true;
        next++;
        ackNow = true;
        return true;
    }

    // ---- acknowledgments ----

    void ackAtOnce() {
        ackNow = true;
    }

    /** TCP_QUICKACK. */
    void quickAcks(boolean on) {
        quickAcks = on ? QUICK_ACKS : 0;
        if (on && ackOwed) ackNow = true;
    }

    /** RFC 9293 3.8.6.3: at least every second full segment, and after a while in any case. */
    private void oweAck() {
        ackOwed = true;
        if (quickAcks > 0) {
            quickAcks--;
            ackNow = true;
        }
        if (next - lastAckSent >= 2 * peerSegment) ackNow = true;
    }

    /** Data are being sent. Linux: tcp_event_data_sent. */
    void answering() {
        if (e.now() - e.heardAt() < ANSWER_NANOS) answers = true;
    }

    boolean isAckDue() {
        return ackNow;
    }

    boolean isAckOwed() {
        return ackOwed;
    }

    /** A segment with an acknowledgment is on its way. */
    void acknowledged() {
        lastAckSent = next;
        ackNow = false;
        ackOwed = false;
    }

    /**
     * RFC 9293 3.8.6.2.2. The right edge never goes back, and moves in steps worth a segment. What
     * this returns is what the peer is told, a multiple of the scale.
     */
    int windowToAdvertise() {
        int current = edge - next;
        int free = room();
        int step = Math.min(limit / 2, peerSegment);
        int window = free >>> scale << scale;
        if (free < step || window < current) {
            int unit = (1 << scale) - 1;
            window = Math.min(current + unit & ~unit, 0xffff << scale);
        }
        edge = SequenceNumber.max(edge, next + window);
        return window;
    }

    private int room() {
        return Math.clamp(limit - ring.size(), 0, 0xffff << scale);
    }

    /** A window this much larger is worth a segment of its own. Linux: tcp_cleanup_rbuf. */
    private boolean isUpdateDue() {
        int current = edge - next;
        int free = room() >>> scale << scale;
        if (free < Math.min(limit / 2, peerSegment)) return false;
        return free >= 2 * current && free > current;
    }

    // ---- the user ----

    /** Takes up to {@code count} bytes, or looks at them; not across an urgent mark. */
    int read(MemorySegment to, long at, long count, boolean peek) {
        int skipped = skipUrgent(peek);
        int available = urgent.beforeMark(readSeq() + skipped, ring.size() - skipped);
        int n = (int) Math.min(count, available);
        ring.copy(skipped, to, at, n);
        if (!peek) {
            ring.drop(n);
            tookOff(n);
        }
        return n;
    }

    /** The urgent byte is not part of the stream, unless the user wants it to be. */
    private int skipUrgent(boolean peek) {
        if (e.options.urgentInline || !urgent.isAt(readSeq()) || ring.isEmpty()) return 0;
        if (peek) return 1;
        ring.drop(1);
        urgent.passed(readSeq());
        return 0;
    }

    private void tookOff(int bytes) {
        urgent.passed(readSeq());
        tune(bytes);
        if (!e.state().mayReceive()) return;
        boolean much = ackOwed && next - lastAckSent >= 2 * peerSegment;
        // who only listens says at once that all is taken: the peer may wait for it (Nagle)
        boolean all = ackOwed && !answers && ring.isEmpty();
        if (much || all || isUpdateDue()) TcpOutput.ack(e);
    }

    private void tune(int bytes) {
        if (e.options.receiveBytes > 0) return;
        long wanted = tuning.copied(bytes, e.rtt.srtt(), e.now());
        if (wanted > limit) limit = (int) Math.min(wanted, e.settings().maxReceiveBytes());
    }

    /** SO_RCVBUF; less than was offered shrinks as data come. */
    void limitTo(int bytes) {
        limit = bytes;
    }

    /** recv(2) with MSG_OOB: the byte, or an error. */
    int readUrgent(boolean peek) {
        if (e.options.urgentInline || urgent.state() == Urgent.Stage.NONE) {
            return NetError.INVALID.asResult();
        }
        if (urgent.state() == Urgent.Stage.READ) return NetError.INVALID.asResult();
        if (urgent.state() == Urgent.Stage.EXPECTED) return NetError.WOULD_BLOCK.asResult();
        int value = ring.byteAt(urgent.seq() - readSeq()) & 0xff;
        if (!peek) urgent.read();
        return value;
    }

    /** SIOCATMARK. */
    boolean isAtMark() {
        return urgent.isAt(readSeq());
    }

    /** Bytes that can be read, FIONREAD: up to the urgent byte. */
    int readable() {
        int at = readSeq();
        if (urgent.isAt(at) && !e.options.urgentInline) return Math.max(0, ring.size() - 1);
        return urgent.beforeMark(at, ring.size());
    }

    /** RFC 9293 3.10.7.4, sixth; the pointer as BSD and Linux read it. */
    int takeUrgent(Segment s) {
        if (!s.isUrgent() || s.urgentPointer() == 0) return 0;
        int at = s.seq() + s.urgentPointer() - 1;
        if (before(at, next) && atOrBefore(at, readSeq())) return 0;
        boolean news = urgent.announce(at, readSeq());
        urgent.arrivedTo(next);
        return news ? Readiness.URGENT : 0;
    }

    void freeIfEmpty() {
        ring.freeIfEmpty();
    }

    void free() {
        ring.free();
        ranges.clear();
    }
}
