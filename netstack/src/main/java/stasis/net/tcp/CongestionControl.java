package stasis.net.tcp;

/** How much may be under way, RFC 5681. In bytes. */
abstract sealed class CongestionControl permits Reno, Cubic {
    private int mss = 536;
    private long cwnd = 10L * 536;
    private long ssthresh = Long.MAX_VALUE / 4;

    CongestionControl() {}

    abstract String name();

    /** {@code acked} new bytes were acknowledged and the window was what held us back. */
    protected abstract void avoidCongestion(long acked, long rttNanos, long now);

    /** A loss: what the slow start threshold is to be. */
    protected abstract long thresholdAfterLoss(long inFlight);

    /** After a timeout or an idle time nothing of the past counts. */
    protected abstract void forget();

    /** RFC 6928 2: ten segments, but no more than 14,600 bytes unless two need it. */
    void begin(int segment) {
        mss = segment;
        cwnd = initialWindow();
    }

    private long initialWindow() {
        return Math.min(10L * mss, Math.max(2L * mss, 14600));
    }

    void segmentSize(int segment) {
        mss = segment;
        cwnd = Math.max(cwnd, mss);
    }

    int mss() {
        return mss;
    }

    long window() {
        return cwnd;
    }

    long threshold() {
        return ssthresh;
    }

    boolean inSlowStart() {
        return cwnd < ssthresh;
    }

    /** RFC 5681 3.1, counting bytes (RFC 3465) without a limit, as Linux does. */
    void acked(long bytes, long rttNanos, long now) {
        if (inSlowStart()) {
            long room = ssthresh - cwnd;
            cwnd += Math.min(bytes, room);
            bytes -= Math.min(bytes, room);
        }
        if (bytes > 0) avoidCongestion(bytes, rttNanos, now);
    }

    /** A loss was noticed: the threshold falls, the window follows by and by. */
    void lost(long inFlight) {
        ssthresh = Math.max(thresholdAfterLoss(inFlight), 2L * mss);
    }

    /** RFC 5681 3.1 (4): back to one segment. */
    void timedOut(long inFlight, boolean again) {
        if (!again) lost(inFlight);
        cwnd = mss;
        forget();
    }

    /** RFC 5681 4.1, RFC 9293 3.8.2: what was right before a long silence may be wrong now. */
    void idled() {
        ssthresh = Math.max(ssthresh, cwnd * 3 / 4);
        cwnd = Math.min(cwnd, initialWindow());
        forget();
    }

    void setWindow(long bytes) {
        cwnd = Math.max(bytes, mss);
    }

    /** The loss was none: RFC 4015. */
    void undo(long priorWindow, long priorThreshold) {
        cwnd = Math.max(cwnd, priorWindow);
        ssthresh = Math.max(ssthresh, priorThreshold);
    }
}
