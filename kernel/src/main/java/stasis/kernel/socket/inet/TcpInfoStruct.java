package stasis.kernel.socket.inet;

import stasis.abi.Tcp;
import stasis.net.tcp.TcpInfo;
import stasis.net.tcp.TcpState;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * TCP_INFO, tcp(7). Fields that are not named here are 0; times are microseconds, or milliseconds
 * where {@code last} is in the name.
 *
 * <pre>
 * struct tcp_info
 * offset  size  field               offset  size  field
 *      0     1  tcpi_state              68     4  tcpi_rtt
 *      1     1  tcpi_ca_state           72     4  tcpi_rttvar
 *      2     1  tcpi_retransmits        76     4  tcpi_snd_ssthresh
 *      3     1  tcpi_probes             80     4  tcpi_snd_cwnd
 *      4     1  tcpi_backoff            84     4  tcpi_advmss
 *      5     1  tcpi_options            88     4  tcpi_reordering
 *      6     1  wscale, sent low        92     4  tcpi_rcv_rtt
 *      8     4  tcpi_rto                96     4  tcpi_rcv_space
 *     12     4  tcpi_ato               100     4  tcpi_total_retrans
 *     16     4  tcpi_snd_mss           104     8  tcpi_pacing_rate
 *     20     4  tcpi_rcv_mss           112     8  tcpi_max_pacing_rate
 *     24     4  tcpi_unacked           120     8  tcpi_bytes_acked
 *     28     4  tcpi_sacked            128     8  tcpi_bytes_received
 *     32     4  tcpi_lost              136     4  tcpi_segs_out
 *     36     4  tcpi_retrans           140     4  tcpi_segs_in
 *     44     4  tcpi_last_data_sent    144     4  tcpi_notsent_bytes
 *     52     4  tcpi_last_data_recv    148     4  tcpi_min_rtt
 *     56     4  tcpi_last_ack_recv     228     4  tcpi_snd_wnd
 *     60     4  tcpi_pmtu              232     4  tcpi_rcv_wnd
 *     64     4  tcpi_rcv_ssthresh      248        sizeof
 * </pre>
 */
final class TcpInfoStruct {
    private static final int BYTES = 248;
    private static final int TIMESTAMPS = 1;
    private static final int SACK = 2;
    private static final int SCALING = 4;

    /** Until it is known: TCP_INFINITE_SSTHRESH. */
    private static final int NO_THRESHOLD = 0x7fffffff;

    private TcpInfoStruct() {}

    static byte[] of(TcpInfo info, long now) {
        ByteBuffer b = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int mss = Math.max(1, info.sendMss());
        int options =
                (info.timestamps() ? TIMESTAMPS : 0)
                        | (info.sack() ? SACK : 0)
                        | (info.scaling() ? SCALING : 0);
        b.put(0, (byte) state(info.state()))
                .put(1, (byte) info.recoveryPhase())
                .put(2, (byte) info.attempts())
                .put(3, (byte) info.probes())
                .put(4, (byte) info.attempts())
                .put(5, (byte) options)
                .put(6, (byte) (info.sendScale() | info.receiveScale() << 4));
        b.putInt(8, micros(info.rto()))
                .putInt(12, 40_000)
                .putInt(16, info.sendMss())
                .putInt(20, info.receiveMss())
                .putInt(24, segments(info.underWay(), mss))
                .putInt(28, segments(info.sacked(), mss))
                .putInt(32, segments(info.lost(), mss))
                .putInt(44, millis(now - info.lastSentAt()))
                .putInt(52, millis(now - info.lastHeardAt()))
                .putInt(56, millis(now - info.lastHeardAt()))
                .putInt(60, info.sendMss() + 40)
                .putInt(64, info.receiveSpace())
                .putInt(68, micros(info.rtt()))
                .putInt(72, micros(info.rttVariation()))
                .putInt(76, threshold(info, mss))
                .putInt(80, Math.max(1, segments(info.congestionWindow(), mss)))
                .putInt(84, info.receiveMss())
                .putInt(88, 3)
                .putInt(96, info.receiveSpace())
                .putInt(100, (int) info.totalRetransmissions());
        b.putLong(112, -1)
                .putLong(120, info.bytesAcknowledged())
                .putLong(128, info.bytesReceived())
                .putInt(144, info.unsent())
                .putInt(148, micros(info.minRtt()))
                .putInt(228, info.sendWindow())
                .putInt(232, info.receiveSpace());
        return b.array();
    }

    private static int threshold(TcpInfo info, int mss) {
        long bytes = info.slowStartThreshold();
        return bytes >= Integer.MAX_VALUE ? NO_THRESHOLD : segments(bytes, mss);
    }

    private static int segments(long bytes, int mss) {
        return Math.clamp((bytes + mss - 1) / mss, 0, Integer.MAX_VALUE);
    }

    private static int micros(long nanos) {
        return Math.clamp(nanos / 1000, 0, Integer.MAX_VALUE);
    }

    private static int millis(long nanos) {
        return Math.clamp(nanos / 1_000_000, 0, Integer.MAX_VALUE);
    }

    static int state(TcpState state) {
        return switch (state) {
            case CLOSED -> Tcp.TCP_CLOSE;
            case LISTEN -> Tcp.TCP_LISTEN;
            case SYN_SENT -> Tcp.TCP_SYN_SENT;
            case SYN_RECEIVED -> Tcp.TCP_SYN_RECV;
            case ESTABLISHED -> Tcp.TCP_ESTABLISHED;
            case FIN_WAIT_1 -> Tcp.TCP_FIN_WAIT1;
            case FIN_WAIT_2 -> Tcp.TCP_FIN_WAIT2;
            case CLOSE_WAIT -> Tcp.TCP_CLOSE_WAIT;
            case CLOSING -> Tcp.TCP_CLOSING;
            case LAST_ACK -> Tcp.TCP_LAST_ACK;
            case TIME_WAIT -> Tcp.TCP_TIME_WAIT;
        };
    }
}
