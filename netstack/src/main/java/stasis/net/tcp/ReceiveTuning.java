package stasis.net.tcp;

import stasis.state.Saved;

/**
 * How large the receive buffer should be: twice what the user takes in a round trip, so that the
 * sender can double its speed. Like Linux's tcp_rcv_space_adjust.
 */
@Saved("net.ReceiveTuning")
final class ReceiveTuning {
    private long rtt;
    private long sinceNanos;
    private long copied;
    private long lastRound;

    ReceiveTuning() {}

    /** A round trip as the receiver sees it: an echoed timestamp, RFC 7323 4. */
    void sample(long rttNanos) {
        rtt = rtt == 0 ? rttNanos : rtt + (rttNanos - rtt) / 8;
    }

    /**
     * The user took {@code bytes}.
     *
     * @return the size wanted now, or 0
     */
    long copied(int bytes, long rttGuess, long now) {
        copied += bytes;
        long round = rtt != 0 ? rtt : rttGuess;
        if (round == 0 || now - sinceNanos < round) return 0;
        long wanted = copied > lastRound ? 2 * copied + 16 * 1460 : 0;
        lastRound = Math.max(lastRound, copied);
        copied = 0;
        sinceNanos = now;
        return wanted;
    }
}
