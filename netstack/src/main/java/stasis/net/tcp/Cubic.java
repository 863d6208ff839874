package stasis.net.tcp;

import stasis.state.Saved;

/** A window that is a cubic function of the time since the last loss: RFC 9438. In segments. */
@Saved("net.Cubic")
final class Cubic extends CongestionControl {
    /** RFC 9438 4.1.1 and 4.6. */
    private static final double C = 0.4;

    private static final double BETA = 0.7;

    /** RFC 9438 4.3: makes the average that of Reno. */
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    /** Window before the last reduction. */
    private double wMax;

    /** What Reno would have. */
    private double wEst;

    /** Seconds from the start of the epoch until the window is {@link #wMax} again. */
    private double k;

    /** Start of this stage of congestion avoidance; 0: not begun. */
    private long epoch;

    /** The part of a segment that the window has grown and not yet shown. */
    private double fraction;

    Cubic() {}

    @Override
    String name() {
        return "cubic";
    }

    @Override
    protected void avoidCongestion(long acked, long rttNanos, long now) {
        double cwnd = (double) window() / mss();
        if (epoch == 0) beginEpoch(cwnd, now);
        double segments = (double) acked / mss();
        double t = (now - epoch) / 1e9;
        // RFC 9438 4.2: where the function is one round trip from now, but at most half as much
        // again
        double target = Math.clamp(cubic(t + rttNanos / 1e9), cwnd, 1.5 * cwnd);
        // RFC 9438 4.3
        wEst += (wEst < wMax ? ALPHA : 1) * segments / cwnd;
        double growth = (target - cwnd) / cwnd * segments;
        if (cubic(t) < wEst) growth = Math.max(wEst - cwnd, 0);
        grow(growth);
    }

    private void beginEpoch(double cwnd, long now) {
        epoch = now;
        wEst = cwnd;
        wMax = Math.max(wMax, cwnd);
        k = Math.cbrt((wMax - cwnd) / C);
    }

    /** RFC 9438 figure 1. */
    private double cubic(double t) {
        double d = t - k;
        return C * d * d * d + wMax;
    }

    private void grow(double segments) {
        fraction += segments * mss();
        long whole = (long) fraction;
        fraction -= whole;
        setWindow(window() + whole);
    }

    /** RFC 9438 4.6 and 4.7: fast convergence makes room for new flows. */
    @Override
    protected long thresholdAfterLoss(long inFlight) {
        double cwnd = (double) window() / mss();
        wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd;
        epoch = 0;
        return (long) (window() * BETA);
    }

    @Override
    protected void forget() {
        epoch = 0;
        fraction = 0;
    }
}
