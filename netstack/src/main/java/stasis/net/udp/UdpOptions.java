package stasis.net.udp;

import stasis.net.ip.SendOptions;
import stasis.state.Saved;

/** What setsockopt(2) sets for one endpoint, socket(7), ip(7) and udp(7). */
@Saved("net.UdpOptions")
public final class UdpOptions {
    public boolean reuseAddress;
    public boolean reusePort;
    public boolean v6Only;
    public long owner;

    /** What the user knows the endpoint by; of no meaning here. */
    public long number;

    public boolean broadcast;

    /** IP_RECVERR: all errors, in a queue of their own. */
    public boolean receiveErrors;

    /** SO_NO_CHECK: no checksum over IPv4. */
    public boolean noChecksum;

    /** SO_RCVBUF. */
    public int receiveBytes = 212_992;

    /** IP_MULTICAST_TTL. */
    public int multicastHops = 1;

    /** IP_MULTICAST_LOOP. */
    public boolean multicastLoop = true;

    /** IP_MULTICAST_IF; 0: by route. */
    public int multicastNic;

    public SendOptions packets = SendOptions.DEFAULT;

    UdpOptions() {}
}
