package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrAfter;
import static stasis.net.tcp.SequenceNumber.before;

import org.jspecify.annotations.Nullable;

import stasis.net.NetError;
import stasis.net.wire.TcpHeader;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** The sending half of a connection, RFC 9293 3.3.1 and 3.8. */
@Saved("net.TcpSender")
final class TcpSender {
    private TcpEndpoint e;

    private int iss;

    /** SND.UNA. */
    private int una;

    /** SND.NXT. */
    private int next;

    /** SND.WND, scaled. */
    private int window;

    /** SND.WL1 and SND.WL2. */
    private int windowSeq;

    private int windowAck;

    /** The largest window the peer ever offered, RFC 9293 3.8.6.2.1. */
    private int maxWindow;

    /** How the peer scales its window. */
    private int scale;

    /** Largest segment the peer takes: its option, or RFC 9293 3.7.1. */
    private int peerMss = 536;

    /** Data in a segment as the path and the options are now. */
    private int mss = 536;

    /** Data from {@link #ringSeq} on: under way, or yet to be sent. */
    private ByteRing ring = new ByteRing();

    private int ringSeq;

    private boolean finQueued;
    private boolean finSent;

    private boolean urgent;

    /** SND.UP: after the urgent byte. */
    private int urgentEnd;

    private SentSegments sent = new SentSegments();

    /** End of the last segment that was not full, for Nagle as Minshall has it. */
    private int smallEnd;

    private long lastSentAt;

    /** A send call found no room: the next room is an event. */
    private boolean full;

    @SuppressWarnings("NullAway.Init") // for a restore
    private TcpSender() {}

    TcpSender(TcpEndpoint e, int iss) {
        this.e = e;
        this.iss = iss;
        this.una = iss;
        this.next = iss;
        this.ringSeq = iss + 1;
        this.smallEnd = iss;
    }

    int iss() {
        return iss;
    }

    int una() {
        return una;
    }

    int next() {
        return next;
    }

    int window() {
        return window;
    }

    int maxWindow() {
        return maxWindow;
    }

    int mss() {
        return mss;
    }

    int scale() {
        return scale;
    }

    long lastSentAt() {
        return lastSentAt;
    }

    SentSegments sent() {
        return sent;
    }

    /** Bytes not acknowledged, SIOCOUTQ. */
    int queued() {
        return ring.size();
    }

    /** Bytes never sent, SIOCOUTQNSD. */
    int unsent() {
        return Math.max(0, ringSeq + ring.size() - next);
    }

    int footprint() {
        return ring.footprint();
    }

    boolean isFinAcknowledged() {
        return finSent && una == next;
    }

    boolean isAllAcknowledged() {
        return una == next && unsent() == 0;
    }

    // ---- handshake ----

    void synSent() {
        next = iss + 1;
        lastSentAt = e.now();
    }

    void synAcknowledged() {
        una = iss + 1;
    }

    void agreeOn(int newPeerMss, int newScale) {
        if (newPeerMss > 0) peerMss = Math.max(newPeerMss, TcpEndpoint.LEAST_MSS);
        scale = newScale;
    }

    /** RFC 9293 3.7.1: the peer's limit, the path's and the user's, less the options of each. */
    boolean refreshMss() {
        int byPath = e.pathMss();
        int most = Math.min(peerMss, byPath);
        if (e.options.maxSegment > 0) most = Math.min(most, e.options.maxSegment);
        if (e.isTimestampsEnabled()) most -= 12;
        int before = mss;
        mss = Math.max(most, TcpEndpoint.LEAST_MSS - 12);
        e.congestion.segmentSize(mss);
        return mss < before;
    }

    // ---- what an acknowledgment brings ----

    /** RFC 9293 3.10.7.4: from newer segments only. Returns whether the window changed. */
    boolean updateWindow(Segment s) {
        boolean newer =
                before(windowSeq, s.seq()) || windowSeq == s.seq() && !after(windowAck, s.ack());
        if (!newer) return false;
        int offered = s.window() << scale;
        boolean changed = offered != window;
        setWindow(offered, s);
        return changed;
    }

    /** RFC 7323 2.2: the window of a SYN is not scaled. */
    void setWindow(int offered, Segment s) {
        window = offered;
        maxWindow = Math.max(maxWindow, offered);
        windowSeq = s.seq();
        windowAck = s.ack();
    }

    void acknowledgedTo(int ack) {
        int data = Math.min(ack - ringSeq, ring.size());
        if (data > 0) {
            ring.drop(data);
            ringSeq += data;
        }
        una = ack;
        if (urgent && atOrAfter(una, urgentEnd)) urgent = false;
        if (before(smallEnd, una)) smallEnd = una;
    }

    // ---- what the user hands in ----

    /** Up to {@code count} bytes, as many as there is room for. */
    int append(MemorySegment from, long at, long count) {
        int room = limit() - ring.size();
        int n = (int) Math.min(count, (long) room);
        full = n < count;
        if (n <= 0) return NetError.WOULD_BLOCK.asResult();
        ring.append(from, at, n);
        return n;
    }

    void markUrgent() {
        urgent = true;
        urgentEnd = ringSeq + ring.size();
    }

    /** Bytes that may be queued: set by the user, or twice what may be under way. */
    int limit() {
        if (e.options.sendBytes > 0) return e.options.sendBytes;
        TcpSettings settings = e.settings();
        long wanted = 2 * e.congestion.window();
        return Math.clamp(wanted, settings.sendBytes(), settings.maxSendBytes());
    }

    /** Linux: sk_stream_is_writeable. */
    boolean hasRoom() {
        return limit() - ring.size() >= ring.size() / 2;
    }

    /** Whether room was missed and is there now: once. */
    boolean roomCame() {
        if (!full || !hasRoom()) return false;
        full = false;
        return true;
    }

    boolean isFinQueued() {
        return finQueued;
    }

    void queueFin() {
        finQueued = true;
    }

    /** {@link #hasRoom} was false when it was looked at: the next room is an event. */
    void wantRoom() {
        full = true;
    }

    // ---- output ----

    /** Sends what may be sent now: what is lost, then what is new. */
    void output(boolean hold) {
        if (!e.state().maySendQueued()) return;
        restartAfterIdle();
        boolean any = false;
        while (sendLost() || sendNew(hold, false)) any = true;
        e.timers.outputDone(any);
    }

    /** RFC 5681 4.1. */
    private void restartAfterIdle() {
        if (!sent.isEmpty() || unsent() == 0 || !e.rtt.hasSample()) return;
        if (e.now() - lastSentAt <= e.rtt.rto()) return;
        refreshMss();
        e.congestion.idled();
        lastSentAt = e.now();
    }

    private boolean sendLost() {
        if (sent.lostBytes() == 0) return false;
        int i = sent.firstLost();
        if (!mayBeUnderWay(Math.min(sent.length(i), mss))) return false;
        retransmit(i);
        return true;
    }

    private boolean mayBeUnderWay(int length) {
        long pipe = e.recovery.pipe();
        return pipe <= 0 || pipe + length <= e.congestion.window();
    }

    /** Sends segment {@code i} again, its first part if the path has become narrower. */
    void retransmit(int i) {
        if (sent.length(i) > mss + (sent.is(i, SentSegments.FIN) ? 1 : 0)) {
            sent.split(i, sent.start(i) + mss);
        }
        boolean fin = sent.is(i, SentSegments.FIN);
        int length = sent.length(i) - (fin ? 1 : 0);
        int flags = TcpHeader.PSH | (fin ? TcpHeader.FIN : 0);
        e.recovery.sentAgain(sent.end(i));
        sent.sentAgain(i, e.now());
        e.recovery.sent(sent.length(i));
        e.protocol().counters().retransmitted++;
        e.countRetransmission();
        NetError error = TcpOutput.data(e, sent.start(i), length, flags);
        noteSent(error);
    }

    /** For a probe: a segment of new data if there is any and the window has room. */
    boolean sendNewSegment() {
        return sendNew(false, true);
    }

    private boolean sendNew(boolean hold, boolean forced) {
        int available = unsent();
        boolean fin = finQueued && !finSent;
        if (available == 0 && !fin) return false;
        int room = una + window - next;
        int length = Math.min(Math.min(available, mss), Math.max(room, 0));
        boolean last = length == available;
        fin &= last && room > length;
        if (length == 0 && !fin) return false;
        if (!forced && !isWorthIt(length, last, fin, hold)) return false;
        if (!forced && !mayBeUnderWay(length)) return false;
        return transmit(length, last, fin);
    }

    /** RFC 9293 3.8.6.2.1 and 3.7.4: no small segment while a larger one can be had. */
    private boolean isWorthIt(int length, boolean last, boolean fin, boolean hold) {
        if (length == mss || fin) return true;
        if (!last) return length >= maxWindow / 2;
        if (urgent) return true;
        if (hold || e.options.cork) return false;
        return e.options.noDelay || finQueued || !after(smallEnd, una);
    }

    private boolean transmit(int length, boolean last, boolean fin) {
        if (length > 0) e.receiver.answering();
        int flags = (last ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0);
        NetError error = TcpOutput.data(e, next, length, flags);
        if (error == NetError.MESSAGE_TOO_LONG && refreshMss()) return true;
        int end = next + length + (fin ? 1 : 0);
        sent.add(next, end, e.now(), fin ? SentSegments.FIN : 0);
        e.recovery.sent(end - next);
        next = end;
        if (length < mss && length > 0) smallEnd = end;
        if (fin) finSent = true;
        noteSent(error);
        return true;
    }

    private void noteSent(@Nullable NetError error) {
        lastSentAt = e.now();
        if (error != null) e.softError(error);
    }

    void copy(int seq, byte[] to, int at, int length) {
        ring.copy(seq - ringSeq, to, at, length);
    }

    /** Of a segment that begins at {@code seq}; 0: none. Linux: tcp_urg_mode. */
    int urgentPointer(int seq) {
        if (!urgent || !after(urgentEnd, seq)) return 0;
        int distance = urgentEnd - seq;
        return distance <= 0xffff ? distance : 0;
    }

    /** Data or FIN wait, nothing is under way, so nothing will come that lets them go. */
    boolean isStuck() {
        return sent.isEmpty() && (unsent() > 0 || finQueued && !finSent);
    }

    /**
     * RFC 9293 3.8.6.1: a byte or more if there is any room, else a segment that begs an answer.
     */
    void probeWindow() {
        if (!sendNew(false, true)) TcpOutput.probe(e);
    }

    void freeIfEmpty() {
        ring.freeIfEmpty();
    }

    void free() {
        ring.free();
        sent = new SentSegments();
    }
}
