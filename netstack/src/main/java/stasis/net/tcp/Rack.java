package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.state.Saved;

/**
 * What was sent well before something that arrived is lost: RACK, RFC 8985 6. "Well before" is a
 * window for reordering, as large as this path has shown to need.
 */
@Saved("net.Rack")
final class Rack {
    private static final int DUP_THRESHOLD = 3;

    /** RFC 8985 6.2.4: how many recoveries a widened window lasts. */
    private static final int PERSISTENCE = 16;

    private TcpEndpoint e;

    /** When the latest segment that arrived was sent, and where it ended. */
    private long sentAt;

    private int endSeq;
    private long rtt;
    private boolean begun;

    /** The highest sequence number that arrived. */
    private int farthest;

    private boolean reorderingSeen;
    private int windowMultiple = 1;
    private int persist;

    /** No widening again before this is acknowledged: one per round trip. */
    private int dsackRound;

    private boolean dsackRoundOpen;

    @SuppressWarnings("NullAway.Init") // for a restore
    private Rack() {}

    Rack(TcpEndpoint e) {
        this.e = e;
    }

    /** RFC 8985 6.2 steps 2 and 3: segment {@code i} was delivered. */
    void delivered(SentSegments sent, int i, long now, int tsEcr, boolean hasTsEcr) {
        boolean again = sent.is(i, SentSegments.RETRANSMITTED);
        long time = sent.time(i);
        int end = sent.end(i);
        noteOrder(end, again);
        if (again) {
            if (hasTsEcr && before(tsEcr, e.timestampAt(time))) return;
            if (now - time < e.rtt.minRtt()) return;
        }
        if (begun && !sentAfter(time, end, sentAt, endSeq)) return;
        begun = true;
        sentAt = time;
        endSeq = end;
        rtt = now - time;
    }

    private void noteOrder(int end, boolean again) {
        if (!begun || after(end, farthest)) farthest = end;
        else if (before(end, farthest) && !again) reorderingSeen = true;
    }

    void sawReordering() {
        reorderingSeen = true;
    }

    boolean hasSeenReordering() {
        return reorderingSeen;
    }

    /** RFC 8985 6.2.4: a needless retransmission asks for a wider window. */
    void sawDuplicate() {
        if (dsackRoundOpen && before(e.sender.una(), dsackRound)) return;
        dsackRoundOpen = true;
        dsackRound = e.sender.next();
        windowMultiple = Math.min(windowMultiple + 1, 255);
        persist = PERSISTENCE;
        reorderingSeen = true;
    }

    void recoveryEnded() {
        if (persist > 0 && --persist == 0) windowMultiple = 1;
    }

    private long reorderingWindow(SentSegments sent, boolean recovering) {
        if (!reorderingSeen && (recovering || sent.sackedCount() >= DUP_THRESHOLD)) return 0;
        return Math.min(windowMultiple * e.rtt.minRtt() / 4, e.rtt.srtt());
    }

    /**
     * RFC 8985 6.2.5: marks what is lost.
     *
     * @return after how long more will be, if nothing arrives; 0: nothing to wait for
     */
    long detect(SentSegments sent, boolean recovering, long now) {
        if (!begun) return 0;
        long window = reorderingWindow(sent, recovering);
        long wait = 0;
        for (int i = 0; i < sent.count(); i++) {
            if (sent.is(i, SentSegments.SACKED | SentSegments.LOST)) continue;
            if (!sentAfter(sentAt, endSeq, sent.time(i), sent.end(i))) {
                if (!sent.is(i, SentSegments.RETRANSMITTED)) break;
                continue;
            }
            long left = sent.time(i) + rtt + window - now;
            if (left <= 0) sent.markLost(i);
            else wait = Math.max(wait, left);
        }
        return wait;
    }

    private static boolean sentAfter(long timeA, int endA, long timeB, int endB) {
        return timeA > timeB || timeA == timeB && after(endA, endB);
    }
}
