package stasis.net.tcp;

import stasis.state.Saved;

/** As in {@code /proc/net/snmp} and {@code /proc/net/netstat}: counted by the protocol. */
@Saved("net.TcpCounters")
public final class TcpCounters {
    public long received;
    public long receivedBad;
    public long sent;
    public long retransmitted;
    public long resetsSent;
    public long activeOpens;
    public long passiveOpens;
    public long attemptsFailed;
    public long establishedReset;
    public long synCookiesSent;
    public long synCookiesTaken;
    public long synCookiesRefused;
    public long listenOverflows;
    public long challengeAcks;
    public long oldTimestamps;

    TcpCounters() {}
}
