package stasis.kernel.fs.proc;

import stasis.abi.Tcp;
import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.raw.RawEndpoint;
import stasis.net.stack.NetStack;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpState;
import stasis.net.udp.UdpEndpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code /proc/net/tcp} and its kin. Precondition: the network's lock is held. Unlike Linux, timers
 * are not shown, and connections that no socket has any more have no owner.
 */
final class SocketTables {
    private static final String TCP =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                    + "   uid  timeout inode";

    private static final String TCP6 =
            "  sl  local_address                         remote_address"
                    + "                        st tx_queue rx_queue tr tm->when retrnsmt"
                    + "   uid  timeout inode";

    private static final String MORE = " ref pointer drops";

    /** What Linux pads lines of IPv4 to, less the end of line. */
    private static final int TCP_WIDTH = 149;

    private static final int UDP_WIDTH = 127;

    private SocketTables() {}

    static String tcp(NetStack stack, boolean v6) {
        StringBuilder text = new StringBuilder();
        text.append(v6 ? TCP6 : pad(TCP, TCP_WIDTH)).append('\n');
        List<TcpEndpoint> all = new ArrayList<>(stack.tcp().listenerList());
        all.addAll(stack.tcp().connectionList());
        int line = 0;
        for (TcpEndpoint e : all) {
            if (e.isV6() != v6) continue;
            boolean listens = e.state() == TcpState.LISTEN;
            int unread = listens ? e.backlogReady() : e.readable();
            String row =
                    row(
                                    line++,
                                    e.local(),
                                    e.remote(),
                                    state(e.state()),
                                    listens ? 0 : e.unacknowledged(),
                                    unread,
                                    e.options.owner)
                            + e.options.number
                            + " 1 0000000000000000 100 0 0 10 0";
            text.append(v6 ? row : pad(row, TCP_WIDTH)).append('\n');
        }
        return text.toString();
    }

    static String udp(NetStack stack, boolean v6) {
        StringBuilder text = new StringBuilder(v6 ? TCP6 + MORE : pad(" " + TCP + MORE, UDP_WIDTH));
        text.append('\n');
        for (UdpEndpoint e : stack.udp().endpoints()) {
            if (e.isV6() != v6) continue;
            int state = e.remote() == null ? Tcp.TCP_CLOSE : Tcp.TCP_ESTABLISHED;
            SocketAddress own = e.local();
            String row =
                    row(own.port(), own, e.remote(), state, 0, e.queuedCost(), e.options.owner)
                            + e.options.number
                            + " 2 0000000000000000 0";
            text.append(v6 ? row : pad(row, UDP_WIDTH)).append('\n');
        }
        return text.toString();
    }

    static String raw(NetStack stack, boolean v6) {
        StringBuilder text = new StringBuilder((v6 ? TCP6 : TCP) + MORE + "\n");
        for (RawEndpoint e : stack.raw().endpoints()) {
            if (e.local().isV4() == v6) continue;
            IpAddress peer = e.remote();
            SocketAddress own = new SocketAddress(e.local(), e.protocol());
            SocketAddress to = peer == null ? null : new SocketAddress(peer, 0);
            int state = peer == null ? Tcp.TCP_CLOSE : Tcp.TCP_ESTABLISHED;
            text.append(row(e.protocol(), own, to, state, 0, 0, 0))
                    .append("0 2 0000000000000000 0\n");
        }
        return text.toString();
    }

    private static String row(
            int line,
            SocketAddress own,
            @org.jspecify.annotations.Nullable SocketAddress peer,
            int state,
            int sending,
            int unread,
            long owner) {
        SocketAddress to = peer == null ? new SocketAddress(own.address().any(), 0) : peer;
        return String.format(
                "%4d: %s %s %02X %08X:%08X 00:00000000 00000000 %5d        0 ",
                line, hex(own), hex(to), state, sending, unread, owner);
    }

    /** Words as the processor has them: that of an IPv4 address is backwards. */
    private static String hex(SocketAddress a) {
        IpAddress address = a.address();
        if (address.isV4()) {
            return String.format("%08X:%04X", Integer.reverseBytes(address.v4Bits()), a.port());
        }
        return String.format("%s%s:%04X", hex(address.high()), hex(address.low()), a.port());
    }

    private static String hex(long half) {
        return String.format(
                "%08X%08X",
                Integer.reverseBytes((int) (half >>> 32)), Integer.reverseBytes((int) half));
    }

    private static String pad(String line, int width) {
        return line + " ".repeat(Math.max(0, width - line.length()));
    }

    private static int state(TcpState state) {
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
