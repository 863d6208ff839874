package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;
import static stasis.net.tcp.SequenceNumber.before;

import stasis.state.Saved;

/**
 * When the last segments of a burst are lost nothing comes back that would tell. So after two round
 * trips without an answer the last is sent again, or a new one: tail loss probe, RFC 8985 7.
 */
@Saved("net.TailProbe")
final class TailProbe {
    private static final long SECOND = 1_000_000_000L;

    /** RFC 8985 7.2: the peer may sit on an acknowledgment for that long. */
    private static final long MAX_ACK_DELAY = SECOND / 5;

    /** Linux: TCP_TIMEOUT_MIN. */
    private static final long MIN_TIMEOUT = 2_000_000L;

    private TcpEndpoint e;
    private boolean out;
    private boolean again;

    /** Where data ended when the probe was sent. */
    private int end;

    @SuppressWarnings("NullAway.Init") // for a restore
    private TailProbe() {}

    TailProbe(TcpEndpoint e) {
        this.e = e;
    }

    /** RFC 8985 7.2. */
    boolean mayBeArmed(SentSegments sent) {
        return !out && e.isSackEnabled() && sent.sackedCount() == 0 && !sent.isEmpty();
    }

    /** RFC 8985 7.2, PTO. */
    long timeout(SentSegments sent) {
        if (!e.rtt.hasSample()) return SECOND;
        long pto = 2 * e.rtt.srtt();
        pto += sent.count() == 1 ? MAX_ACK_DELAY : MIN_TIMEOUT;
        return pto;
    }

    /** RFC 8985 7.3: new data if the window allows it, else the last segment again. */
    void send() {
        SentSegments sent = e.sender.sent();
        if (sent.isEmpty()) return;
        again = !e.sender.sendNewSegment();
        if (again) e.sender.retransmit(sent.count() - 1);
        out = true;
        end = e.sender.next();
    }

    /**
     * RFC 8985 7.4.
     *
     * @return whether the probe repaired a loss of which nothing else told
     */
    boolean acknowledged(int ack, boolean duplicateReported, boolean pureDuplicate) {
        if (!out || before(ack, end)) return false;
        if (!again || duplicateReported || pureDuplicate) {
            out = false;
            return false;
        }
        if (!after(ack, end)) return false;
        out = false;
        return true;
    }

    void cancel() {
        out = false;
    }
}
