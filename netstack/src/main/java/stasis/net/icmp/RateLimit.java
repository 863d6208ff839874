package stasis.net.icmp;

import stasis.state.Saved;

/** A bucket of tokens: so many a second, so many at once. */
@Saved("net.RateLimit")
public final class RateLimit {
    private int perSecond;
    private int burst;
    private int tokens;
    private long filledAt;

    private RateLimit() {}

    public RateLimit(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
    }

    public boolean allows(long nowNanos) {
        long interval = 1_000_000_000L / perSecond;
        long earned = (nowNanos - filledAt) / interval;
        if (earned > 0) {
            tokens = (int) Math.min(burst, tokens + earned);
            filledAt += earned * interval;
        }
        if (tokens == 0) return false;
        tokens--;
        return true;
    }
}
