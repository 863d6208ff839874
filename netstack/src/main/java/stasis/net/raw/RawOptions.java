package stasis.net.raw;

import stasis.net.ip.SendOptions;
import stasis.state.Saved;

/** What setsockopt(2) sets for one endpoint, raw(7). */
@Saved("net.RawOptions")
public final class RawOptions {
    /** IP_HDRINCL: what is sent begins with its IPv4 header. */
    public boolean headerIncluded;

    /** ICMP_FILTER: bit n set: messages of the type n, below 32, are not wanted. */
    public int icmpFilter;

    public boolean broadcast;

    /** SO_RCVBUF. */
    public int receiveBytes = 212_992;

    public SendOptions packets = SendOptions.DEFAULT;

    RawOptions() {}
}
