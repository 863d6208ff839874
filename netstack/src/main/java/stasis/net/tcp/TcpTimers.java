package stasis.net.tcp;

import stasis.net.time.Timed;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

/** What a connection does when nothing arrives. One place in the queue of timers for all. */
@Saved("net.TcpTimers")
final class TcpTimers extends Timed {
    /** What the first timer is for: at most one of these at a time. */
    enum Purpose {
        NONE,
        /** SYN, or SYN and ACK, again. */
        HANDSHAKE,
        /** RFC 6298. */
        RETRANSMIT,
        /** RFC 8985 7. */
        TAIL_PROBE,
        /** RFC 9293 3.8.6.1; also sends what Nagle, cork or a small window have held for long. */
        PERSIST
    }

    private static final long SECOND = 1_000_000_000L;

    /** tcp(7), TCP_CORK: a ceiling of 200 ms. */
    private static final long HOLD = SECOND / 5;

    /** After that a large buffer that is empty is given back. */
    private static final long SILENCE = SECOND;

    private static final long DELAYED_ACK = SECOND / 25;

    /** Attempts for a connection that nobody holds any more. Linux: tcp_orphan_retries. */
    private static final int ORPHAN_ATTEMPTS = 8;

    private static final long MAX_PERSIST = 120 * SECOND;

    private TcpEndpoint e;
    private Purpose purpose = Purpose.NONE;
    private long sendAt = NEVER;
    private long reorderingAt = NEVER;
    private long ackAt = NEVER;
    private long keepAliveAt = NEVER;

    /** End of TIME-WAIT, or of waiting for a FIN that nobody would read after. */
    private long endAt = NEVER;

    /** When buffers of a connection that fell silent are given back. */
    private long trimAt = NEVER;

    private int attempts;

    /** When the first of {@link #attempts} was made. */
    private long attemptsSince;

    /** Window probes that were not answered. */
    private int persists;

    private int persistBackoff;
    private int keepAlives;

    @SuppressWarnings("NullAway.Init") // for a restore
    private TcpTimers() {}

    TcpTimers(TcpEndpoint e) {
        this.e = e;
    }

    Purpose purpose() {
        return purpose;
    }

    int attempts() {
        return attempts;
    }

    int persists() {
        return persists;
    }

    long sendAt() {
        return sendAt;
    }

    // ---- arming ----

    void cancelAll() {
        purpose = Purpose.NONE;
        sendAt = NEVER;
        reorderingAt = NEVER;
        ackAt = NEVER;
        keepAliveAt = NEVER;
        endAt = NEVER;
        trimAt = NEVER;
        e.context().timers().remove(this);
    }

    void armHandshake() {
        arm(Purpose.HANDSHAKE, e.now() + (SECOND << Math.min(attempts, 6)));
    }

    void handshakeDone() {
        attempts = 0;
        disarm();
        armKeepAlive();
    }

    /** RFC 6298 5.1 to 5.3, after something was sent or acknowledged. */
    void outputDone(boolean sentSomething) {
        SentSegments sent = e.sender.sent();
        if (sent.isEmpty()) {
            armPersistIfStuck();
        } else if (sentSomething || purpose == Purpose.NONE || purpose == Purpose.PERSIST) {
            armForOutstanding(sentSomething);
        }
    }

    private void armPersistIfStuck() {
        if (!e.sender.isStuck()) disarm();
        else if (purpose != Purpose.PERSIST) arm(Purpose.PERSIST, e.now() + persistTimeout());
    }

    private void armForOutstanding(boolean sentSomething) {
        persists = 0;
        persistBackoff = 0;
        boolean open = e.recovery.phase() == LossRecovery.Phase.OPEN;
        TailProbe probe = e.recovery.probe();
        if (open && probe.mayBeArmed(e.sender.sent())) {
            long rto = e.rtt.rto();
            arm(Purpose.TAIL_PROBE, e.now() + Math.min(probe.timeout(e.sender.sent()), rto));
        } else if (purpose != Purpose.RETRANSMIT) {
            arm(Purpose.RETRANSMIT, e.now() + e.rtt.rto());
        }
    }

    private long persistTimeout() {
        boolean held = e.sender.window() > 0 && persistBackoff == 0;
        long timeout = held ? HOLD : e.rtt.rto() << Math.min(persistBackoff, 10);
        return Math.min(timeout, MAX_PERSIST);
    }

    /** RFC 6298 5.3: new data were acknowledged. */
    void acknowledgedNew() {
        attempts = 0;
        disarm();
    }

    /** Any acknowledgment at all says that the peer is there. */
    void heardFromPeer() {
        persists = 0;
        keepAlives = 0;
        if (keepAliveAt != NEVER) armKeepAlive();
    }

    void armReordering(long at) {
        reorderingAt = at;
        schedule();
    }

    void cancelReordering() {
        reorderingAt = NEVER;
    }

    void armDelayedAck() {
        if (ackAt != NEVER) return;
        ackAt = e.now() + DELAYED_ACK;
        schedule();
    }

    void cancelDelayedAck() {
        ackAt = NEVER;
    }

    void armKeepAlive() {
        keepAliveAt = e.options.keepAlive ? e.now() + e.options.keepIdleNanos : NEVER;
        schedule();
    }

    void armEnd(long afterNanos) {
        endAt = e.now() + afterNanos;
        schedule();
    }

    void armTrim() {
        if (trimAt != NEVER) return;
        trimAt = e.now() + SILENCE;
        schedule();
    }

    private void arm(Purpose newPurpose, long at) {
        purpose = newPurpose;
        sendAt = at;
        schedule();
    }

    private void disarm() {
        purpose = Purpose.NONE;
        sendAt = NEVER;
    }

    private void schedule() {
        long first = Math.min(Math.min(sendAt, reorderingAt), Math.min(ackAt, keepAliveAt));
        first = Math.min(first, Math.min(endAt, trimAt));
        if (first != NEVER) e.context().timers().callBy(this, first);
    }

    // ---- the time has come ----

    @Override
    protected void timePassed(long now) {
        if (endAt <= now) {
            e.ended();
            return;
        }
        if (ackAt <= now) delayedAck();
        if (reorderingAt <= now) reordering();
        if (sendAt <= now) send();
        if (keepAliveAt <= now) keepAlive();
        if (trimAt <= now) trim();
        if (e.state() != TcpState.CLOSED) schedule();
    }

    private void delayedAck() {
        ackAt = NEVER;
        if (e.receiver.isAckOwed()) TcpOutput.ack(e);
    }

    private void reordering() {
        reorderingAt = NEVER;
        e.recovery.reorderingTimedOut();
        e.sender.output(false);
    }

    private void send() {
        Purpose due = purpose;
        disarm();
        switch (due) {
            case HANDSHAKE -> handshake();
            case RETRANSMIT -> retransmit();
            case TAIL_PROBE -> tailProbe();
            case PERSIST -> persist();
            case NONE -> {}
        }
    }

    private void countAttempt() {
        if (attempts++ == 0) attemptsSince = e.now();
    }

    private boolean isTooLong(int most) {
        long user = e.options.userTimeoutNanos;
        if (user > 0) return attempts > 0 && e.now() - attemptsSince >= user;
        return attempts >= most;
    }

    private void handshake() {
        if (isTooLong(e.handshakeRetries())) {
            e.timedOut();
            return;
        }
        countAttempt();
        armHandshake();
        e.repeatHandshake();
    }

    /** RFC 6298 5.4 to 5.7. */
    private void retransmit() {
        if (e.sender.sent().isEmpty()) return;
        // RFC 9293 3.8.6.1: while the peer answers with a closed window there is no end to it
        boolean orphan = e.isClosedByUser();
        boolean closedButAlive = e.sender.window() == 0 && e.heardRecently() && !orphan;
        int most = orphan ? ORPHAN_ATTEMPTS : e.settings().retries();
        if (isTooLong(most) && !closedButAlive) {
            e.timedOut();
            return;
        }
        countAttempt();
        e.recovery.timedOut();
        e.rtt.backOff();
        e.sender.retransmit(0);
        arm(Purpose.RETRANSMIT, e.now() + e.rtt.rto());
    }

    private void tailProbe() {
        if (e.recovery.phase() == LossRecovery.Phase.OPEN) e.recovery.probe().send();
        arm(Purpose.RETRANSMIT, e.now() + e.rtt.rto());
    }

    private void persist() {
        long user = e.options.userTimeoutNanos;
        if (persists == 0) attemptsSince = e.now();
        if (e.isClosedByUser() && persistBackoff >= ORPHAN_ATTEMPTS) {
            // a peer that only answers must not hold memory for ever
            e.reset(null);
            return;
        }
        boolean tooLong = user > 0 && persists > 0 && e.now() - attemptsSince >= user;
        if (tooLong || persists >= e.settings().retries()) {
            e.timedOut();
            return;
        }
        persists++;
        persistBackoff++;
        e.sender.probeWindow();
        if (e.sender.sent().isEmpty()) arm(Purpose.PERSIST, e.now() + persistTimeout());
        else arm(Purpose.RETRANSMIT, e.now() + e.rtt.rto());
    }

    private void trim() {
        trimAt = NEVER;
        long silentSince = Math.max(e.heardAt(), e.sender.lastSentAt());
        boolean silent = e.now() - silentSince >= SILENCE;
        // what is full now is looked at again when somebody takes from it
        if (silent) e.giveBuffersBack();
        else armTrim();
    }

    /** RFC 9293 3.8.4. */
    private void keepAlive() {
        keepAliveAt = NEVER;
        if (!e.options.keepAlive || !e.state().isSynchronized()) return;
        if (!e.sender.isAllAcknowledged()) {
            armKeepAlive();
            return;
        }
        long user = e.options.userTimeoutNanos;
        boolean tooLong = keepAlives >= e.options.keepProbes;
        if (user > 0) tooLong = keepAlives > 0 && e.now() - e.heardAt() >= user;
        if (tooLong) {
            TcpOutput.reset(e);
            e.timedOut();
            return;
        }
        keepAlives++;
        TcpOutput.probe(e);
        keepAliveAt = e.now() + e.options.keepIntervalNanos;
    }

    @AfterRestore
    private void scheduleAgain(Restoration restoration) {
        restoration.ready(e);
        schedule();
    }
}
