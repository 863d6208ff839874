package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.atOrAfter;
import static stasis.net.tcp.SequenceNumber.atOrBefore;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.net.wire.TcpOptions;
import stasis.state.Saved;

/**
 * What acknowledgments say about segments under way, and what follows for the congestion window.
 * With SACK, losses are found by {@link Rack}; without, by three duplicates (NewReno, RFC 6582).
 * While recovering, the window follows proportional rate reduction (RFC 6937). A retransmission
 * that timestamps show to have been needless is undone (RFC 3522, RFC 4015).
 */
@Saved("net.LossRecovery")
final class LossRecovery {
    /** Like Linux's TCP_CA_Open, TCP_CA_Recovery and TCP_CA_Loss. */
    enum Phase {
        OPEN,
        /** Losses were found by acknowledgments. */
        RECOVERY,
        /** The retransmission timer ran out. */
        LOSS
    }

    private static final int DUP_THRESHOLD = 3;

    private TcpEndpoint e;
    private Phase phase = Phase.OPEN;

    /** When this is acknowledged it is over. */
    private int recoveryPoint;

    private int duplicateAcks;

    /** Without SACK: bytes that duplicates say have arrived. */
    private int assumedArrived;

    private Rack rack;
    private TailProbe probe;

    // RFC 6937
    private long flightAtLoss;
    private long prrDelivered;
    private long prrOut;

    // RFC 3522
    private boolean undoPossible;
    private long priorWindow;
    private long priorThreshold;
    private boolean firstRetransmissionKnown;
    private int firstRetransmissionStamp;
    private int firstRetransmissionEnd;

    @SuppressWarnings("NullAway.Init") // for a restore
    private LossRecovery() {}

    LossRecovery(TcpEndpoint e, int iss) {
        this.e = e;
        this.recoveryPoint = iss;
        this.rack = new Rack(e);
        this.probe = new TailProbe(e);
    }

    Phase phase() {
        return phase;
    }

    TailProbe probe() {
        return probe;
    }

    Rack rack() {
        return rack;
    }

    /** Bytes under way, RFC 6675 4: SetPipe. */
    long pipe() {
        SentSegments sent = e.sender.sent();
        int outstanding = e.sender.next() - e.sender.una();
        return (long) outstanding - sent.sackedBytes() - sent.lostBytes() - assumedArrived;
    }

    // ---- an acknowledgment ----

    /** Precondition: {@code s.ack()} is at least SND.UNA and at most SND.NXT. */
    void acknowledged(Segment s, boolean windowChanged) {
        SentSegments sent = e.sender.sent();
        int acked = s.ack() - e.sender.una();
        if (sent.isEmpty() && acked == 0) return;
        long now = e.now();
        long pipeBefore = pipe();
        int sackedBefore = sent.sackedBytes();
        boolean duplicateReported = e.isSackEnabled() && takeSacks(s, now);
        if (acked > 0) takeCumulative(s, acked, now);
        int delivered = acked + sent.sackedBytes() - sackedBefore;
        boolean pureDuplicate = acked == 0 && s.length() == 0 && !windowChanged && !sent.isEmpty();
        if (pureDuplicate) delivered += countDuplicate();
        if (acked > 0) undoIfNeedless(s);
        if (probe.acknowledged(s.ack(), duplicateReported, pureDuplicate && delivered == 0)) {
            reduceForProbe();
        }
        int lostBefore = sent.lostBytes();
        detectLosses(now);
        Phase before = phase;
        changePhase(s.ack(), acked);
        if (phase == Phase.RECOVERY) {
            reduceProportionally(delivered, sent.lostBytes() > lostBefore);
        } else if (acked > 0 && mayGrow(before, pipeBefore)) {
            e.congestion.acked(acked, e.rtt.srtt(), now);
        }
    }

    /** Returns whether the first block reports a duplicate, RFC 2883 4. */
    private boolean takeSacks(Segment s, long now) {
        TcpOptions o = s.options();
        boolean duplicate = o.sackBlocks() > 0 && isDuplicateReport(s);
        if (duplicate) rack.sawDuplicate();
        for (int i = duplicate ? 1 : 0; i < o.sackBlocks(); i++) {
            int left = o.sackLeft(i);
            int right = o.sackRight(i);
            boolean sound = before(left, right) && atOrAfter(left, s.ack());
            if (sound && atOrBefore(right, e.sender.next())) sack(left, right, s, now);
        }
        return duplicate;
    }

    private boolean isDuplicateReport(Segment s) {
        TcpOptions o = s.options();
        if (before(o.sackLeft(0), s.ack())) return true;
        return o.sackBlocks() > 1
                && atOrAfter(o.sackLeft(0), o.sackLeft(1))
                && atOrBefore(o.sackRight(0), o.sackRight(1));
    }

    private void sack(int left, int right, Segment s, long now) {
        SentSegments sent = e.sender.sent();
        for (int i = sent.firstFrom(left); i < sent.count() && sent.endsBy(i, right); i++) {
            if (sent.is(i, SentSegments.SACKED)) continue;
            rack.delivered(sent, i, now, s.options().tsEcr(), e.isTimestampsEnabled());
            sent.markSacked(i);
        }
    }

    private void takeCumulative(Segment s, int acked, long now) {
        SentSegments sent = e.sender.sent();
        long rtt = -1;
        while (!sent.isEmpty() && sent.endsBy(0, s.ack())) {
            if (!sent.is(0, SentSegments.SACKED)) {
                rack.delivered(sent, 0, now, s.options().tsEcr(), e.isTimestampsEnabled());
                boolean once = !sent.is(0, SentSegments.RETRANSMITTED);
                if (once && rtt < 0) rtt = now - sent.time(0);
            }
            sent.removeFirst();
        }
        if (!sent.isEmpty() && after(s.ack(), sent.start(0))) sent.cutFirst(s.ack());
        e.sender.acknowledgedTo(s.ack());
        assumedArrived = Math.max(0, assumedArrived - Math.max(0, acked - e.sender.mss()));
        if (phase == Phase.OPEN) assumedArrived = 0;
        duplicateAcks = 0;
        sampleRtt(rtt, s, now);
        e.rtt.resetBackoff();
    }

    /** RFC 7323 4.1: timestamps tell the time of retransmitted segments too. */
    private void sampleRtt(long rtt, Segment s, long now) {
        int flight = e.sender.next() - e.sender.una();
        long samples = Math.max(1, flight / (2L * e.sender.mss()));
        if (rtt >= 0) {
            e.rtt.sample(rtt, samples, now);
        } else if (e.isTimestampsEnabled() && s.options().tsEcr() != 0) {
            int millis = e.timestampAt(now) - s.options().tsEcr();
            if (millis >= 0) e.rtt.sample(millis * 1_000_000L, samples, now);
        }
    }

    private int countDuplicate() {
        duplicateAcks++;
        if (e.isSackEnabled()) return 0;
        int room = e.sender.next() - e.sender.una() - e.sender.sent().lostBytes();
        int more = Math.min(e.sender.mss(), Math.max(0, room - assumedArrived));
        assumedArrived += more;
        return more;
    }

    private void detectLosses(long now) {
        SentSegments sent = e.sender.sent();
        e.timers.cancelReordering();
        if (sent.isEmpty()) return;
        if (!e.isSackEnabled()) {
            boolean enough = duplicateAcks >= DUP_THRESHOLD && phase == Phase.OPEN;
            // RFC 6582 4.1: not for duplicates of what a recovery before has caused
            if (enough && atOrAfter(e.sender.una(), recoveryPoint)) sent.markLost(0);
            return;
        }
        long wait = rack.detect(sent, phase != Phase.OPEN, now);
        if (wait > 0) e.timers.armReordering(now + wait);
    }

    private void changePhase(int ack, int acked) {
        SentSegments sent = e.sender.sent();
        if (phase != Phase.OPEN && atOrAfter(ack, recoveryPoint)) {
            leave();
        } else if (phase == Phase.RECOVERY && acked > 0 && !e.isSackEnabled()) {
            // RFC 6582 3.2 step 3: a partial acknowledgment names the next loss
            if (!sent.isEmpty()) sent.markLost(0);
        }
        if (phase == Phase.OPEN && sent.lostBytes() > 0) enterRecovery();
    }

    private void leave() {
        if (phase == Phase.RECOVERY) e.congestion.setWindow(e.congestion.threshold());
        phase = Phase.OPEN;
        assumedArrived = 0;
        undoPossible = false;
        rack.recoveryEnded();
    }

    private void enterRecovery() {
        rememberForUndo();
        flightAtLoss = Math.max(e.sender.next() - e.sender.una(), 1);
        prrDelivered = 0;
        prrOut = 0;
        e.congestion.lost(pipe() + e.sender.sent().lostBytes());
        recoveryPoint = e.sender.next();
        phase = Phase.RECOVERY;
        probe.cancel();
    }

    private void reduceForProbe() {
        if (phase != Phase.OPEN) return;
        e.congestion.lost(pipe());
        e.congestion.setWindow(Math.min(e.congestion.window(), e.congestion.threshold()));
    }

    /** Not by what ended a recovery: that sets the window (RFC 6582 3.2 step 3). */
    private boolean mayGrow(Phase before, long pipeBefore) {
        return switch (before) {
            case OPEN -> isWindowLimited(pipeBefore);
            case RECOVERY -> false;
            case LOSS -> true;
        };
    }

    /** RFC 7661: a window that was not used is no evidence. */
    private boolean isWindowLimited(long pipeBefore) {
        long window = e.congestion.window();
        if (e.congestion.inSlowStart()) return 2 * pipeBefore >= window;
        return pipeBefore + e.sender.mss() >= window;
    }

    /** RFC 6937 3, with the slow start part only while nothing more is lost. */
    private void reduceProportionally(int delivered, boolean newLoss) {
        prrDelivered += delivered;
        long threshold = e.congestion.threshold();
        long pipe = pipe();
        long may;
        if (pipe > threshold) {
            may = (prrDelivered * threshold + flightAtLoss - 1) / flightAtLoss - prrOut;
        } else {
            long limit = Math.max(prrDelivered - prrOut, delivered);
            if (!newLoss) limit += e.sender.mss();
            may = Math.min(threshold - pipe, limit);
        }
        // the first retransmission goes out in any case
        if (prrOut == 0) may = Math.max(may, e.sender.mss());
        e.congestion.setWindow(pipe + Math.max(may, 0));
    }

    // ---- what was sent again, and timers ----

    void sent(int bytes) {
        if (phase == Phase.RECOVERY) prrOut += bytes;
    }

    void sentAgain(int end) {
        if (!undoPossible || firstRetransmissionKnown) return;
        firstRetransmissionKnown = true;
        firstRetransmissionStamp = e.timestampAt(e.now());
        firstRetransmissionEnd = end;
    }

    /** {@link Rack} was waiting for reordered segments, which did not come. */
    void reorderingTimedOut() {
        detectLosses(e.now());
        boolean lost = e.sender.sent().lostBytes() > 0;
        if (lost && phase == Phase.OPEN) {
            enterRecovery();
            reduceProportionally(0, true);
        }
    }

    /** RFC 6298 5.4 to 5.6, RFC 5681 3.1: everything outstanding is taken for lost. */
    void timedOut() {
        SentSegments sent = e.sender.sent();
        boolean again = phase == Phase.LOSS;
        if (!again) {
            if (phase == Phase.OPEN) rememberForUndo();
            else undoPossible = false;
        }
        // RFC 2018 8: the first cannot be missing if the peer had kept it
        if (sent.is(0, SentSegments.SACKED)) sent.forgetSacks();
        e.congestion.timedOut(pipe(), again);
        assumedArrived = 0;
        duplicateAcks = 0;
        sent.markAllLost();
        recoveryPoint = e.sender.next();
        phase = Phase.LOSS;
        probe.cancel();
    }

    /** The path carries less than was sent: what is too long goes again in parts. No congestion. */
    void pathShrank() {
        SentSegments sent = e.sender.sent();
        for (int i = 0; i < sent.count(); i++) {
            if (sent.length(i) > e.sender.mss()) sent.markLost(i);
        }
    }

    private void rememberForUndo() {
        priorWindow = e.congestion.window();
        priorThreshold = e.congestion.threshold();
        undoPossible = true;
        firstRetransmissionKnown = false;
    }

    /** RFC 3522 3.2 step 5: the answer echoes a time before the retransmission. */
    private void undoIfNeedless(Segment s) {
        if (!undoPossible || !firstRetransmissionKnown || !e.isTimestampsEnabled()) return;
        if (before(s.ack(), firstRetransmissionEnd) || !s.options().hasTimestamps()) return;
        undoPossible = false;
        if (!before(s.options().tsEcr(), firstRetransmissionStamp)) return;
        e.congestion.undo(priorWindow, priorThreshold);
        e.sender.sent().unmarkLost();
        rack.sawReordering();
        phase = Phase.OPEN;
        assumedArrived = 0;
        e.undone();
    }
}
