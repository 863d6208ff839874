package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrBefore;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.net.NetError;
import stasis.net.Readiness;

/**
 * SEGMENT ARRIVES, RFC 9293 3.10.7, in its order. CLOSED is {@link TcpProtocol#refuse}, LISTEN is
 * {@link Listening}.
 */
final class TcpStateMachine {
    private TcpStateMachine() {}

    static void segmentArrives(TcpEndpoint e, Segment s) {
        if (e.state() == TcpState.SYN_SENT) synSent(e, s);
        else otherStates(e, s);
        if (e.state() != TcpState.CLOSED) e.respond();
    }

    // ---- 3.10.7.3 SYN-SENT ----

    private static void synSent(TcpEndpoint e, Segment s) {
        // First, check the ACK bit
        if (s.isAck()) {
            boolean unacceptable =
                    atOrBefore(s.ack(), e.sender.iss()) || after(s.ack(), e.sender.next());
            if (unacceptable) {
                if (!s.isRst()) TcpOutput.resetAt(e, s.ack());
                return;
            }
        }
        // Second, check the RST bit
        if (s.isRst()) {
            if (s.isAck()) e.destroy(NetError.CONNECTION_REFUSED);
            return;
        }
        // Third, check the security: there is none
        // Fourth, check the SYN bit
        if (s.isSyn()) synInSynSent(e, s);
        // Fifth, if neither of the SYN or RST bits is set, drop the segment
    }

    private static void synInSynSent(TcpEndpoint e, Segment s) {
        e.agree(s.options());
        e.receiver.begin(s.seq());
        e.heard();
        e.sender.setWindow(s.window(), s);
        if (!s.isAck()) {
            // Simultaneous open: figure 7
            e.become(TcpState.SYN_RECEIVED);
            TcpOutput.syn(e, true);
            return;
        }
        e.sender.synAcknowledged();
        e.established(s);
        e.receiver.windowToAdvertise();
        e.receiver.ackAtOnce();
        s.dropSyn();
        urgentAndText(e, s);
    }

    // ---- 3.10.7.4 all other states ----

    private static void otherStates(TcpEndpoint e, Segment s) {
        // First, check the sequence number, and before it the timestamp (RFC 7323 5.3)
        if (isOldDuplicate(e, s) || !checkSequence(e, s)) return;
        // Second, check the RST bit
        if (s.isRst()) {
            resetArrives(e, s);
            return;
        }
        // Third, check security: there is none
        // Fourth, check the SYN bit
        if (s.isSyn() && !isSynOfSimultaneousOpen(e, s)) {
            // RFC 5961 4.2: whoever is really there answers the challenge with a reset
            e.challenge();
            return;
        }
        s.dropSyn();
        // Fifth, check the ACK field
        if (!s.isAck() || !checkAck(e, s)) return;
        if (e.state() == TcpState.CLOSED) return;
        urgentAndText(e, s);
    }

    /** RFC 7323 5.3 R1, PAWS. */
    private static boolean isOldDuplicate(TcpEndpoint e, Segment s) {
        if (!e.isTimestampsEnabled() || s.isRst()) return false;
        if (!e.receiver.isFromThePast(s)) return false;
        e.protocol().counters().oldTimestamps++;
        answerUnacceptable(e, s);
        return true;
    }

    private static boolean checkSequence(TcpEndpoint e, Segment s) {
        if (e.receiver.isAcceptable(s) || isSynOfSimultaneousOpen(e, s)) return true;
        if (s.isRst()) return false;
        boolean sameSyn = s.isSyn() && !s.isAck() && s.seq() == e.receiver.irs();
        if (e.state() == TcpState.SYN_RECEIVED && sameSyn) {
            // like Linux: the peer has not seen our answer
            TcpOutput.syn(e, true);
        } else {
            answerUnacceptable(e, s);
        }
        return false;
    }

    /** Two ends must not answer each other for ever: answers to bare segments are limited. */
    private static void answerUnacceptable(TcpEndpoint e, Segment s) {
        if (e.state() == TcpState.TIME_WAIT && s.isFin()) e.enterTimeWait();
        if (s.dataLength() > 0 && before(s.seq(), e.receiver.next())) {
            int end = SequenceNumber.min(s.dataSeq() + s.dataLength(), e.receiver.next());
            e.receiver.ranges().cameTwice(s.dataSeq(), end);
        }
        if (s.length() > 0 && !s.isSyn()) TcpOutput.ack(e);
        else e.challenge();
    }

    /** RFC 9293 3.10.7.4, second; RFC 5961 3.2. */
    private static void resetArrives(TcpEndpoint e, Segment s) {
        if (s.seq() != e.receiver.next()) {
            if (e.receiver.isInWindow(s.seq())) e.challenge();
            return;
        }
        e.protocol().counters().establishedReset++;
        switch (e.state()) {
            // RFC 1337: a reset does not end TIME-WAIT
            case TIME_WAIT -> {}
            case SYN_RECEIVED -> e.destroy(NetError.CONNECTION_REFUSED);
            case CLOSING, LAST_ACK -> e.destroy(null);
            case CLOSE_WAIT -> e.destroy(NetError.SHUT_DOWN);
            default -> e.destroy(NetError.CONNECTION_RESET);
        }
    }

    private static boolean isSynOfSimultaneousOpen(TcpEndpoint e, Segment s) {
        return e.state() == TcpState.SYN_RECEIVED
                && s.isAck()
                && s.seq() + 1 == e.receiver.next()
                && s.ack() == e.sender.next();
    }

    // ---- fifth ----

    private static boolean checkAck(TcpEndpoint e, Segment s) {
        if (e.state() == TcpState.SYN_RECEIVED && !completeHandshake(e, s)) return false;
        TcpSender sender = e.sender;
        // RFC 5961 5.2
        if (after(s.ack(), sender.next()) || before(s.ack(), sender.una() - sender.maxWindow())) {
            e.challenge();
            return false;
        }
        e.heard();
        if (e.isTimestampsEnabled()) e.receiver.takeTimestamp(s);
        if (!before(s.ack(), sender.una())) takeAck(e, s);
        return ackMovesState(e, s);
    }

    private static boolean completeHandshake(TcpEndpoint e, Segment s) {
        boolean right = after(s.ack(), e.sender.una()) && !after(s.ack(), e.sender.next());
        if (!right) {
            TcpOutput.resetAt(e, s.ack());
            return false;
        }
        if (!mayBecomeReady(e, s)) return false;
        e.sender.synAcknowledged();
        e.sender.setWindow(s.window() << e.sender.scale(), s);
        e.established(s);
        return true;
    }

    /** A full backlog, or TCP_DEFER_ACCEPT, makes the handshake take longer. */
    private static boolean mayBecomeReady(TcpEndpoint e, Segment s) {
        TcpEndpoint parent = e.parent();
        TcpListener queue = parent == null ? null : parent.listener();
        if (parent == null || queue == null) return true;
        if (!queue.hasRoom()) {
            e.protocol().counters().listenOverflows++;
            return false;
        }
        boolean deferred = e.now() - e.createdAt() < parent.options.deferAcceptNanos;
        return !deferred || s.dataLength() > 0 || s.isFin();
    }

    private static void takeAck(TcpEndpoint e, Segment s) {
        int acked = s.ack() - e.sender.una();
        boolean windowChanged = e.sender.updateWindow(s);
        e.recovery.acknowledged(s, windowChanged);
        if (e.sender.una() != s.ack()) e.sender.acknowledgedTo(s.ack());
        if (acked > 0) e.acknowledged(acked);
    }

    /** What the acknowledgment of our FIN means. Returns whether there is more to look at. */
    private static boolean ackMovesState(TcpEndpoint e, Segment s) {
        boolean done = e.sender.isFinAcknowledged();
        switch (e.state()) {
            case FIN_WAIT_1 -> {
                if (done) e.finAcknowledged();
            }
            case CLOSING -> {
                if (done) e.enterTimeWait();
                return false;
            }
            case LAST_ACK -> {
                if (done) e.destroy(null);
                return false;
            }
            case TIME_WAIT -> {
                // only a FIN sent again can arrive: acknowledge it, restart the 2 MSL timeout
                if (s.isFin()) {
                    e.receiver.ackAtOnce();
                    e.enterTimeWait();
                }
                return false;
            }
            default -> {}
        }
        return true;
    }

    // ---- sixth to eighth ----

    private static void urgentAndText(TcpEndpoint e, Segment s) {
        if (!e.state().mayReceive()) return;
        int events = 0;
        // Sixth, check the URG bit
        if (s.isUrgent()) events |= e.receiver.takeUrgent(s);
        // Seventh, process the segment text
        if (s.dataLength() > 0 && refusesText(e, s)) return;
        int finSeq = s.end() - 1;
        boolean fin = s.isFin();
        if (e.receiver.take(s)) events |= Readiness.READABLE;
        if (events != 0) e.notify(events);
        // Eighth, check the FIN bit
        if (fin && s.isFin()) e.receiver.noteFin(finSeq);
        if (e.receiver.takeFin()) e.finReceived();
    }

    /** Like Linux: nobody will ever read it, and the peer had better know (RFC 2525 2.17). */
    private static boolean refusesText(TcpEndpoint e, Segment s) {
        boolean news = after(s.dataSeq() + s.dataLength(), e.receiver.next());
        if (!e.isClosedByUser() || !news) return false;
        e.reset(null);
        return true;
    }
}
