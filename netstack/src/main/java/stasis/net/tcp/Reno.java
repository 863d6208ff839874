package stasis.net.tcp;

import stasis.state.Saved;

/** One segment more each round trip, half after a loss: RFC 5681. */
@Saved("net.Reno")
final class Reno extends CongestionControl {
    /** Bytes acknowledged since the window last grew. */
    private long counted;

    Reno() {}

    @Override
    String name() {
        return "reno";
    }

    /** RFC 5681 3.1: the byte counting of RFC 3465 2.1. */
    @Override
    protected void avoidCongestion(long acked, long rttNanos, long now) {
        counted += acked;
        while (counted >= window()) {
            counted -= window();
            setWindow(window() + mss());
        }
    }

    /** RFC 5681 (4). */
    @Override
    protected long thresholdAfterLoss(long inFlight) {
        counted = 0;
        return window() / 2;
    }

    @Override
    protected void forget() {
        counted = 0;
    }
}
