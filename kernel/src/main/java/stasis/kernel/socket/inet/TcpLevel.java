package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Tcp.TCP_CONGESTION;
import static stasis.abi.Tcp.TCP_CORK;
import static stasis.abi.Tcp.TCP_DEFER_ACCEPT;
import static stasis.abi.Tcp.TCP_FASTOPEN;
import static stasis.abi.Tcp.TCP_INFO;
import static stasis.abi.Tcp.TCP_KEEPCNT;
import static stasis.abi.Tcp.TCP_KEEPIDLE;
import static stasis.abi.Tcp.TCP_KEEPINTVL;
import static stasis.abi.Tcp.TCP_LINGER2;
import static stasis.abi.Tcp.TCP_MAXSEG;
import static stasis.abi.Tcp.TCP_NODELAY;
import static stasis.abi.Tcp.TCP_NOTSENT_LOWAT;
import static stasis.abi.Tcp.TCP_QUICKACK;
import static stasis.abi.Tcp.TCP_SYNCNT;
import static stasis.abi.Tcp.TCP_USER_TIMEOUT;
import static stasis.abi.Tcp.TCP_WINDOW_CLAMP;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.socket.SocketOptions;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSocketOptions;
import stasis.net.tcp.TcpState;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** IPPROTO_TCP, tcp(7). */
final class TcpLevel {
    private static final long SECOND = 1_000_000_000;
    private static final long MILLISECOND = 1_000_000;

    /** What Linux bounds the times and counts of keepalive by. */
    private static final int MAX_KEEP_SECONDS = 32767;

    private static final int MAX_KEEP_COUNT = 127;
    private static final int MAX_SYN_COUNT = 127;

    /** Of a segment, TCP_MIN_MSS and MAX_TCP_WINDOW. */
    private static final int LEAST_SEGMENT = 88;

    private static final int MOST_SEGMENT = 32767;

    /** TCP_CA_NAME_MAX. */
    private static final int NAME_BYTES = 16;

    private TcpLevel() {}

    // ---- getsockopt ----

    static byte @Nullable [] get(TcpSocket s, int name) {
        TcpEndpoint e = s.endpoint();
        return switch (name) {
            case TCP_INFO -> TcpInfoStruct.of(e.info(), s.network().now());
            case TCP_CONGESTION ->
                    Arrays.copyOf(
                            congestionName(e).getBytes(StandardCharsets.ISO_8859_1), NAME_BYTES);
            default -> {
                Integer value = number(e, name);
                if (value == null) yield null;
                yield SocketOptions.bytesOf(value);
            }
        };
    }

    private static @Nullable Integer number(TcpEndpoint e, int name) {
        TcpSocketOptions o = e.options;
        return switch (name) {
            case TCP_NODELAY -> o.noDelay ? 1 : 0;
            case TCP_CORK -> o.cork ? 1 : 0;
            case TCP_MAXSEG -> segment(e);
            case TCP_KEEPIDLE -> (int) (o.keepIdleNanos / SECOND);
            case TCP_KEEPINTVL -> (int) (o.keepIntervalNanos / SECOND);
            case TCP_KEEPCNT -> o.keepProbes;
            case TCP_SYNCNT -> o.synRetries > 0 ? o.synRetries : 6;
            case TCP_LINGER2 -> linger(o.finTimeoutNanos);
            case TCP_DEFER_ACCEPT -> (int) (o.deferAcceptNanos / SECOND);
            case TCP_USER_TIMEOUT -> (int) (o.userTimeoutNanos / MILLISECOND);
            case TCP_QUICKACK -> 1;
            case TCP_WINDOW_CLAMP, TCP_FASTOPEN, TCP_NOTSENT_LOWAT -> 0;
            default -> null;
        };
    }

    private static int linger(long nanos) {
        if (nanos < 0) return -1;
        return nanos == 0 ? 60 : (int) (nanos / SECOND);
    }

    /** As in Linux, 536 as long as there is no connection and nobody asked for something else. */
    private static int segment(TcpEndpoint e) {
        boolean closed = e.state() == TcpState.CLOSED || e.state() == TcpState.LISTEN;
        if (closed) return e.options.maxSegment > 0 ? e.options.maxSegment : 536;
        return e.info().sendMss();
    }

    private static String congestionName(TcpEndpoint e) {
        return switch (e.options.congestion) {
            case RENO -> "reno";
            case CUBIC -> "cubic";
            case DEFAULT -> e.info().congestion();
        };
    }

    // ---- setsockopt ----

    static void set(TcpSocket s, int name, byte[] value) throws ErrnoException {
        TcpEndpoint e = s.endpoint();
        if (name == TCP_CONGESTION) {
            setCongestion(e, value);
            return;
        }
        int n = SocketOptions.integer(value);
        TcpSocketOptions o = e.options;
        switch (name) {
            case TCP_NODELAY -> o.noDelay = n != 0;
            case TCP_CORK -> o.cork = n != 0;
            case TCP_MAXSEG -> {
                if (n != 0) checkRange(n, LEAST_SEGMENT, MOST_SEGMENT);
                o.maxSegment = n;
            }
            case TCP_KEEPIDLE -> o.keepIdleNanos = checkRange(n, 1, MAX_KEEP_SECONDS) * SECOND;
            case TCP_KEEPINTVL -> o.keepIntervalNanos = checkRange(n, 1, MAX_KEEP_SECONDS) * SECOND;
            case TCP_KEEPCNT -> o.keepProbes = checkRange(n, 1, MAX_KEEP_COUNT);
            case TCP_SYNCNT -> o.synRetries = checkRange(n, 1, MAX_SYN_COUNT);
            case TCP_LINGER2 -> o.finTimeoutNanos = n < 0 ? -1 : Math.min(n, 120) * SECOND;
            case TCP_DEFER_ACCEPT -> o.deferAcceptNanos = Math.max(n, 0) * SECOND;
            case TCP_USER_TIMEOUT -> o.userTimeoutNanos = checkNotNegative(n) * MILLISECOND;
            case TCP_QUICKACK -> e.quickAcks(n != 0);
            // What they ask for is what there is anyway, or a hint
            case TCP_NOTSENT_LOWAT -> {}
            case TCP_WINDOW_CLAMP -> checkNotNegative(n);
            // Like Linux without the sysctl: connections are as without it
            case TCP_FASTOPEN -> checkNotNegative(n);
            default -> throw ENOPROTOOPT.exception();
        }
        e.optionsChanged();
    }

    private static int checkRange(int n, int least, int most) throws ErrnoException {
        if (n < least || n > most) throw EINVAL.exception();
        return n;
    }

    private static int checkNotNegative(int n) throws ErrnoException {
        return checkRange(n, 0, Integer.MAX_VALUE);
    }

    private static void setCongestion(TcpEndpoint e, byte[] value) throws ErrnoException {
        if (value.length == 0) throw EINVAL.exception();
        String name = new String(value, StandardCharsets.ISO_8859_1).split("\0", 2)[0];
        e.options.congestion =
                switch (name) {
                    case "cubic" -> TcpSocketOptions.Congestion.CUBIC;
                    case "reno" -> TcpSocketOptions.Congestion.RENO;
                    default -> throw ENOENT.exception();
                };
    }
}
