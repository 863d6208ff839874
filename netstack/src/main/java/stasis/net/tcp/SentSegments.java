package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrAfter;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.state.Saved;

/**
 * What was sent and is not acknowledged, in the order of sequence numbers: when each segment was
 * last sent, and what is known of it. A ring of columns, so that sending makes no object.
 *
 * <p>Index 0 is the oldest.
 */
@Saved("net.SentSegments")
final class SentSegments {
    /** The peer has it, out of order. */
    static final int SACKED = 1;

    /** It has to be sent again. */
    static final int LOST = 2;

    /** It was sent more than once: no RTT can be told from it (Karn, RFC 6298 3). */
    static final int RETRANSMITTED = 4;

    /** Its last sequence number is a FIN. */
    static final int FIN = 8;

    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private long[] times = new long[16];
    private byte[] marks = new byte[16];
    private int head;
    private int count;

    private int sackedBytes;
    private int sackedCount;
    private int lostBytes;

    /** No segment before this index is lost: where the search for one begins. */
    private int lostFrom;

    SentSegments() {}

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    int sackedBytes() {
        return sackedBytes;
    }

    int sackedCount() {
        return sackedCount;
    }

    /** Not yet sent again. */
    int lostBytes() {
        return lostBytes;
    }

    int start(int i) {
        return starts[place(i)];
    }

    int end(int i) {
        return ends[place(i)];
    }

    int length(int i) {
        return end(i) - start(i);
    }

    long time(int i) {
        return times[place(i)];
    }

    boolean is(int i, int mark) {
        return (marks[place(i)] & mark) != 0;
    }

    private int place(int i) {
        return head + i & starts.length - 1;
    }

    void add(int start, int end, long now, int mark) {
        if (count == starts.length) grow();
        set(count++, start, end, now, mark);
    }

    private void set(int i, int start, int end, long time, int mark) {
        int p = place(i);
        starts[p] = start;
        ends[p] = end;
        times[p] = time;
        marks[p] = (byte) mark;
    }

    private void grow() {
        int n = starts.length;
        int[] s = new int[2 * n];
        int[] e = new int[2 * n];
        long[] t = new long[2 * n];
        byte[] m = new byte[2 * n];
        for (int i = 0; i < count; i++) {
            int p = place(i);
            s[i] = starts[p];
            e[i] = ends[p];
            t[i] = times[p];
            m[i] = marks[p];
        }
        starts = s;
        ends = e;
        times = t;
        marks = m;
        head = 0;
    }

    /** Two segments where one was: up to {@code at}, and from there. */
    void split(int i, int at) {
        add(0, 0, 0, 0);
        for (int j = count - 1; j > i; j--) {
            int p = place(j - 1);
            set(j, starts[p], ends[p], times[p], marks[p]);
        }
        int first = place(i);
        if ((marks[first] & SACKED) != 0) sackedCount++;
        starts[place(i + 1)] = at;
        ends[first] = at;
        marks[first] &= ~FIN;
    }

    // ---- what becomes of them ----

    void markSacked(int i) {
        int p = place(i);
        if ((marks[p] & SACKED) != 0) return;
        if ((marks[p] & LOST) != 0) lostBytes -= ends[p] - starts[p];
        marks[p] = (byte) (marks[p] & ~LOST | SACKED);
        sackedBytes += ends[p] - starts[p];
        sackedCount++;
    }

    void markLost(int i) {
        int p = place(i);
        if ((marks[p] & (SACKED | LOST)) != 0) return;
        marks[p] |= LOST;
        lostBytes += ends[p] - starts[p];
        lostFrom = Math.min(lostFrom, i);
    }

    void sentAgain(int i, long now) {
        int p = place(i);
        if ((marks[p] & LOST) != 0) lostBytes -= ends[p] - starts[p];
        marks[p] = (byte) (marks[p] & ~LOST | RETRANSMITTED);
        times[p] = now;
    }

    /** The loss was none. */
    void unmarkLost() {
        for (int i = 0; i < count; i++) marks[place(i)] &= ~LOST;
        lostBytes = 0;
    }

    /** After a timeout: what is not known to be there is lost. */
    void markAllLost() {
        for (int i = 0; i < count; i++) markLost(i);
    }

    /** The peer took back what it had said, RFC 2018 8. */
    void forgetSacks() {
        for (int i = 0; i < count; i++) marks[place(i)] &= ~SACKED;
        sackedBytes = 0;
        sackedCount = 0;
    }

    /** Precondition: not empty. Takes the oldest off: all of it is acknowledged. */
    void removeFirst() {
        int p = head;
        int length = ends[p] - starts[p];
        if ((marks[p] & LOST) != 0) lostBytes -= length;
        if ((marks[p] & SACKED) != 0) {
            sackedBytes -= length;
            sackedCount--;
        }
        head = place(1);
        count--;
        lostFrom = Math.max(0, lostFrom - 1);
    }

    /** The oldest is acknowledged up to {@code ack}, which is within it. */
    void cutFirst(int ack) {
        int p = head;
        int cut = ack - starts[p];
        if ((marks[p] & LOST) != 0) lostBytes -= cut;
        if ((marks[p] & SACKED) != 0) sackedBytes -= cut;
        starts[p] = ack;
    }

    /** -1: none is. */
    int firstLost() {
        for (; lostFrom < count; lostFrom++) {
            if (is(lostFrom, LOST)) return lostFrom;
        }
        return -1;
    }

    /** The first segment that begins at {@code seq} or after it; {@link #count} if none does. */
    int firstFrom(int seq) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (before(start(middle), seq)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /** Whether segment {@code i} is wholly before {@code seq}. */
    boolean endsBy(int i, int seq) {
        return !after(end(i), seq);
    }

    boolean contains(int seq) {
        return count > 0 && atOrAfter(seq, start(0)) && !after(seq, end(count - 1));
    }
}
