package stasis.net.udp;

import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.state.Saved;

/** One that arrived, and all that recvmsg(2) can tell of it. */
@Saved("net.Datagram")
public record Datagram(
        SocketAddress source,
        IpAddress destination,
        int nicIndex,
        long arrivedNanos,
        int hops,
        int trafficClass,
        byte[] data) {
    /** What it counts for in a queue: Linux counts its own bookkeeping as well. */
    private static final int OVERHEAD = 256;

    int cost() {
        return data.length + OVERHEAD;
    }
}
