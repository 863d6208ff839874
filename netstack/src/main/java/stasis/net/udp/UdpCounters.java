package stasis.net.udp;

import stasis.state.Saved;

/** As in {@code /proc/net/snmp}: counted by the protocol. */
@Saved("net.UdpCounters")
public final class UdpCounters {
    public long received;
    public long noPort;
    public long bad;
    public long sent;
    public long overflows;

    UdpCounters() {}
}
