package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrBefore;

import stasis.state.Saved;

/**
 * The one urgent byte, as Linux has it (tcp_check_urg, tcp_recv_urg): the byte before the one that
 * the pointer names, taken out of the stream unless SO_OOBINLINE; a later one takes its place.
 */
@Saved("net.Urgent")
final class Urgent {
    enum Stage {
        NONE,
        /** Announced; the byte itself has not come. */
        EXPECTED,
        ARRIVED,
        READ
    }

    private Stage state = Stage.NONE;
    private int seq;

    Urgent() {}

    Stage state() {
        return state;
    }

    /** Where the byte is in the stream. Meaningful unless NONE. */
    int seq() {
        return seq;
    }

    boolean isPending() {
        return state == Stage.EXPECTED || state == Stage.ARRIVED;
    }

    /** Returns whether this is news. {@code readSeq} is where the user is. */
    boolean announce(int urgentSeq, int readSeq) {
        if (after(readSeq, urgentSeq)) return false;
        if (state != Stage.NONE && !after(urgentSeq, seq)) return false;
        state = Stage.EXPECTED;
        seq = urgentSeq;
        return true;
    }

    /** All before {@code next} has arrived. */
    void arrivedTo(int next) {
        if (state == Stage.EXPECTED && after(next, seq)) state = Stage.ARRIVED;
    }

    void read() {
        state = Stage.READ;
    }

    /** The user is at {@code readSeq} now: what is behind is history. */
    void passed(int readSeq) {
        if (state != Stage.NONE && state != Stage.EXPECTED && after(readSeq, seq)) {
            state = Stage.NONE;
        }
    }

    /** Bytes the user may take from {@code readSeq} before the mark; all if there is none ahead. */
    int beforeMark(int readSeq, int available) {
        if (state == Stage.NONE || !after(seq, readSeq)) return available;
        return Math.min(available, seq - readSeq);
    }

    boolean isAt(int readSeq) {
        return state != Stage.NONE && seq == readSeq;
    }

    boolean hasReached(int readSeq) {
        return state != Stage.NONE && atOrBefore(seq, readSeq);
    }
}
