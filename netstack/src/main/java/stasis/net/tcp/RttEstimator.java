package stasis.net.tcp;

import stasis.state.Saved;

/** Smoothed round-trip time and retransmission timeout, RFC 6298. */
@Saved("net.RttEstimator")
final class RttEstimator {
    private static final long SECOND = 1_000_000_000L;

    /** RFC 6298 2.1. */
    private static final long INITIAL_RTO = SECOND;

    /** Unlike RFC 6298 2.4, which says a second; like Linux's TCP_RTO_MIN. */
    private static final long MIN_RTO = SECOND / 5;

    /** RFC 6298 2.5. */
    private static final long MAX_RTO = 120 * SECOND;

    /** How long a smallest round-trip time is believed. Linux: tcp_min_rtt_wlen. */
    private static final long MIN_RTT_WINDOW = 300 * SECOND;

    private long srtt;
    private long rttVar;
    private long rto = INITIAL_RTO;
    private int backoff;
    private long minRtt = Long.MAX_VALUE;
    private long minRttAt;

    RttEstimator() {}

    /**
     * RFC 6298 2.2 and 2.3. With {@code perRoundTrip} samples to come in each round trip every one
     * counts for less, so that history is as long as with one: RFC 7323 appendix G.
     */
    void sample(long rttNanos, long perRoundTrip, long now) {
        long rtt = Math.max(rttNanos, 1);
        if (srtt == 0) {
            srtt = rtt;
            rttVar = rtt / 2;
        } else {
            rttVar += (Math.abs(srtt - rtt) - rttVar) / (4 * perRoundTrip);
            srtt += (rtt - srtt) / (8 * perRoundTrip);
        }
        rto = Math.clamp(srtt + Math.max(4 * rttVar, MIN_RTO), MIN_RTO, MAX_RTO);
        if (rtt <= minRtt || now - minRttAt > MIN_RTT_WINDOW) {
            minRtt = rtt;
            minRttAt = now;
        }
    }

    boolean hasSample() {
        return srtt != 0;
    }

    long srtt() {
        return srtt;
    }

    long rttVar() {
        return rttVar;
    }

    /** 0 before the first sample. */
    long minRtt() {
        return minRtt == Long.MAX_VALUE ? 0 : minRtt;
    }

    /** With what {@link #backOff} did to it. */
    long rto() {
        return Math.min(rto << backoff, MAX_RTO);
    }

    /** RFC 6298 5.5. */
    void backOff() {
        if (rto() < MAX_RTO) backoff++;
    }

    /** An acknowledgment of new data came. */
    void resetBackoff() {
        backoff = 0;
    }

    int backoff() {
        return backoff;
    }
}
