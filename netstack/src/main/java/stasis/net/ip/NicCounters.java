package stasis.net.ip;

import stasis.state.Saved;

/** What an interface has seen, as in {@code /proc/net/dev}. Counted by the {@link Nic}. */
@Saved("net.NicCounters")
public final class NicCounters {
    public long receivedPackets;
    public long receivedBytes;
    public long receivedBad;
    public long sentPackets;
    public long sentBytes;
    public long sentLost;

    NicCounters() {}
}
