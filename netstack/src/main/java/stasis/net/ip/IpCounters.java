package stasis.net.ip;

import stasis.state.Saved;

/** As in {@code /proc/net/snmp}, RFC 1213: counted by the layer, read by anybody. */
@Saved("net.IpCounters")
public final class IpCounters {
    public long received;
    public long headerErrors;
    public long addressErrors;
    public long unknownProtocols;
    public long delivered;
    public long sent;
    public long noRoutes;
    public long reassembled;
    public long fragmented;
    public long fragmentsMade;

    IpCounters() {}
}
