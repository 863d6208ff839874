package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrAfter;
import static stasis.net.tcp.SequenceNumber.atOrBefore;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.net.wire.TcpOptions;
import stasis.state.Saved;

import java.util.Arrays;

/**
 * What has come beyond the next byte expected: disjoint ranges of sequence numbers, in order, none
 * touching another. Also which of them to report first (RFC 2018 4), and what came twice (RFC
 * 2883).
 */
@Saved("net.ReceivedRanges")
final class ReceivedRanges {
    /** Beyond, what would make one more range is dropped and comes again. */
    private static final int CAPACITY = 1024;

    private int[] edges = new int[16];
    private int count;

    /** A sequence number in each of the ranges last heard of, latest first. */
    private int[] recent = new int[TcpOptions.MAX_SACK_BLOCKS];

    private int recentCount;

    private boolean duplicate;
    private int duplicateLeft;
    private int duplicateRight;

    ReceivedRanges() {}

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    int left(int i) {
        return edges[2 * i];
    }

    int right(int i) {
        return edges[2 * i + 1];
    }

    /** False if there is no room for one more range. Precondition: left before right. */
    boolean add(int left, int right) {
        int first = 0;
        while (first < count && before(right(first), left)) first++;
        int past = first;
        while (past < count && atOrBefore(left(past), right)) past++;
        if (first == past) {
            if (!insert(first, left, right)) return false;
        } else {
            noteDuplicate(first, past, left, right);
            merge(first, past, left, right);
        }
        heardOf(left);
        return true;
    }

    private boolean insert(int at, int left, int right) {
        if (count == CAPACITY) return false;
        if (2 * count == edges.length) edges = Arrays.copyOf(edges, 2 * edges.length);
        System.arraycopy(edges, 2 * at, edges, 2 * at + 2, 2 * (count - at));
        edges[2 * at] = left;
        edges[2 * at + 1] = right;
        count++;
        return true;
    }

    private void merge(int first, int past, int left, int right) {
        edges[2 * first] = SequenceNumber.min(left, left(first));
        edges[2 * first + 1] = SequenceNumber.max(right, right(past - 1));
        remove(first + 1, past);
    }

    private void remove(int from, int past) {
        System.arraycopy(edges, 2 * past, edges, 2 * from, 2 * (count - past));
        count -= past - from;
    }

    /** RFC 2883 4.1.3: a part of a segment that was there already. */
    private void noteDuplicate(int first, int past, int left, int right) {
        for (int i = first; i < past; i++) {
            int from = SequenceNumber.max(left, left(i));
            int to = SequenceNumber.min(right, right(i));
            if (before(from, to)) {
                cameTwice(from, to);
                return;
            }
        }
    }

    /** To be reported once, in the next acknowledgment. */
    void cameTwice(int left, int right) {
        duplicate = true;
        duplicateLeft = left;
        duplicateRight = right;
    }

    /** All before {@code next} is in order: returns where that order ends now. */
    int advance(int next) {
        int end = next;
        int done = 0;
        while (done < count && atOrBefore(left(done), end)) {
            end = SequenceNumber.max(end, right(done));
            done++;
        }
        if (done > 0) remove(0, done);
        return end;
    }

    void clear() {
        count = 0;
        recentCount = 0;
        duplicate = false;
    }

    // ---- what is reported ----

    private void heardOf(int seq) {
        int at = 0;
        while (at < recentCount && rangeOf(recent[at]) != rangeOf(seq)) at++;
        if (at == recentCount) at = Math.min(recentCount, recent.length - 1);
        recentCount = Math.max(recentCount, at + 1);
        System.arraycopy(recent, 0, recent, 1, at);
        recent[0] = seq;
    }

    private int rangeOf(int seq) {
        for (int i = 0; i < count; i++) {
            if (atOrAfter(seq, left(i)) && before(seq, right(i))) return i;
        }
        return -1;
    }

    boolean hasReport() {
        return duplicate || count > 0;
    }

    /** How many blocks {@link #writeReport} would write if it had room for {@code room}. */
    int reportLength(int room) {
        return Math.min(room, (duplicate ? 1 : 0) + count);
    }

    /**
     * Writes {@code blocks} blocks; returns the place after them. Precondition: {@link
     * #reportLength} said so.
     */
    int writeReport(byte[] b, int at, int blocks) {
        int left = blocks;
        if (duplicate) {
            at = TcpOptions.putSackEdges(b, at, duplicateLeft, duplicateRight);
            duplicate = false;
            left--;
        }
        int written = 0;
        for (int i = 0; i < recentCount && written < left; i++) {
            int range = rangeOf(recent[i]);
            if (range < 0 || isRepeated(i, range)) continue;
            at = TcpOptions.putSackEdges(b, at, left(range), right(range));
            written++;
        }
        return writeRest(b, at, left - written);
    }

    private boolean isRepeated(int recentIndex, int range) {
        for (int i = 0; i < recentIndex; i++) {
            if (rangeOf(recent[i]) == range) return true;
        }
        return false;
    }

    /** Ranges that nobody heard of lately, the highest first. */
    private int writeRest(byte[] b, int at, int blocks) {
        for (int i = count - 1; i >= 0 && blocks > 0; i--) {
            if (isRecent(i)) continue;
            at = TcpOptions.putSackEdges(b, at, left(i), right(i));
            blocks--;
        }
        return at;
    }

    private boolean isRecent(int range) {
        for (int i = 0; i < recentCount; i++) {
            if (rangeOf(recent[i]) == range) return true;
        }
        return false;
    }

    /** The highest sequence number held, or {@code next} if none is. */
    int highest(int next) {
        return count > 0 && after(right(count - 1), next) ? right(count - 1) : next;
    }
}
