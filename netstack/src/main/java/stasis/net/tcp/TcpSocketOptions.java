package stasis.net.tcp;

import stasis.net.ip.SendOptions;
import stasis.state.Saved;

/**
 * What setsockopt(2) sets for one endpoint, socket(7) and tcp(7). A connection that a listener
 * accepted begins with a copy of the listener's. Fields, since there is nothing to guard; whoever
 * changes {@code cork} or {@code noDelay} tells {@link TcpEndpoint#optionsChanged}.
 */
@Saved("net.TcpSocketOptions")
public final class TcpSocketOptions {
    private static final long SECOND = 1_000_000_000L;

    public boolean reuseAddress;
    public boolean reusePort;
    public boolean v6Only;
    public long owner;

    /** What the user knows the endpoint by; of no meaning here. */
    public long number;

    /** TCP_NODELAY. */
    public boolean noDelay;

    /** TCP_CORK. */
    public boolean cork;

    /** SO_OOBINLINE. */
    public boolean urgentInline;

    public boolean keepAlive;
    public long keepIdleNanos = 7200 * SECOND;
    public long keepIntervalNanos = 75 * SECOND;
    public int keepProbes = 9;

    /** TCP_USER_TIMEOUT; 0: by the number of retransmissions. */
    public long userTimeoutNanos;

    /** TCP_DEFER_ACCEPT: until data have come, or so long. 0: at once. */
    public long deferAcceptNanos;

    /** TCP_MAXSEG; 0: by the path. */
    public int maxSegment;

    /** TCP_SYNCNT; 0: the default. */
    public int synRetries;

    /** TCP_LINGER2; 0: the default; negative: none. */
    public long finTimeoutNanos;

    /** TCP_CONGESTION: for connections to come. */
    public enum Congestion {
        DEFAULT,
        RENO,
        CUBIC
    }

    public Congestion congestion = Congestion.DEFAULT;

    /** SO_SNDBUF; 0: tuned. */
    public int sendBytes;

    /** SO_RCVBUF; 0: tuned. */
    public int receiveBytes;

    public SendOptions packets = SendOptions.WHOLE;

    TcpSocketOptions() {}

    TcpSocketOptions copy() {
        TcpSocketOptions c = new TcpSocketOptions();
        c.reuseAddress = reuseAddress;
        c.reusePort = reusePort;
        c.v6Only = v6Only;
        c.owner = owner;
        c.noDelay = noDelay;
        c.cork = cork;
        c.urgentInline = urgentInline;
        c.keepAlive = keepAlive;
        c.keepIdleNanos = keepIdleNanos;
        c.keepIntervalNanos = keepIntervalNanos;
        c.keepProbes = keepProbes;
        c.userTimeoutNanos = userTimeoutNanos;
        c.maxSegment = maxSegment;
        c.finTimeoutNanos = finTimeoutNanos;
        c.congestion = congestion;
        c.sendBytes = sendBytes;
        c.receiveBytes = receiveBytes;
        c.packets = packets;
        return c;
    }
}
