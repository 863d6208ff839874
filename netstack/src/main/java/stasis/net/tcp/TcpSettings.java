package stasis.net.tcp;

import stasis.state.Saved;

/** What {@code /proc/sys/net/ipv4/tcp_*} sets for all connections; see tcp(7). */
@Saved("net.TcpSettings")
public record TcpSettings(
        int synRetries,
        int synAckRetries,
        int retries,
        long finTimeoutNanos,
        long timeWaitNanos,
        int maxTimeWaits,
        int receiveBytes,
        int maxReceiveBytes,
        int sendBytes,
        int maxSendBytes,
        int maxSynBacklog,
        boolean sack,
        boolean timestamps,
        boolean windowScaling,
        boolean synCookies,
        boolean cubic) {
    private static final long SECOND = 1_000_000_000L;

    public TcpSettings {
        boolean sound = synRetries >= 0 && synAckRetries >= 0 && retries >= 0;
        sound &= finTimeoutNanos >= 0 && timeWaitNanos >= 0 && maxTimeWaits >= 0;
        sound &= receiveBytes > 0 && maxReceiveBytes >= receiveBytes;
        sound &= sendBytes > 0 && maxSendBytes >= sendBytes && maxSynBacklog > 0;
        if (!sound) throw new IllegalArgumentException("no such settings");
    }

    /** Those of Linux 6, with the sizes of windows rather than of memory. */
    public static TcpSettings defaults() {
        return new TcpSettings(
                6,
                5,
                15,
                60 * SECOND,
                60 * SECOND,
                16384,
                65535,
                6 << 20,
                87040,
                4 << 20,
                1024,
                true,
                true,
                true,
                true,
                true);
    }

    public TcpSettings withSack(boolean on) {
        return with(on, timestamps, windowScaling, synCookies, cubic);
    }

    public TcpSettings withTimestamps(boolean on) {
        return with(sack, on, windowScaling, synCookies, cubic);
    }

    public TcpSettings withWindowScaling(boolean on) {
        return with(sack, timestamps, on, synCookies, cubic);
    }

    public TcpSettings withSynCookies(boolean on) {
        return with(sack, timestamps, windowScaling, on, cubic);
    }

    public TcpSettings withCubic(boolean on) {
        return with(sack, timestamps, windowScaling, synCookies, on);
    }

    private TcpSettings with(boolean s, boolean t, boolean w, boolean cookies, boolean c) {
        return new TcpSettings(
                synRetries,
                synAckRetries,
                retries,
                finTimeoutNanos,
                timeWaitNanos,
                maxTimeWaits,
                receiveBytes,
                maxReceiveBytes,
                sendBytes,
                maxSendBytes,
                maxSynBacklog,
                s,
                t,
                w,
                cookies,
                c);
    }
}
