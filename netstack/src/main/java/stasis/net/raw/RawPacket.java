package stasis.net.raw;

import stasis.net.IpAddress;
import stasis.state.Saved;

/** One that arrived: over IPv4 from its IP header on, over IPv6 from what follows the headers. */
@Saved("net.RawPacket")
public record RawPacket(
        IpAddress source,
        IpAddress destination,
        int nicIndex,
        long arrivedNanos,
        int hops,
        int trafficClass,
        byte[] data) {
    private static final int OVERHEAD = 256;

    int cost() {
        return data.length + OVERHEAD;
    }
}
