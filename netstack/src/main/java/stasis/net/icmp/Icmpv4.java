package stasis.net.icmp;

import org.jspecify.annotations.Nullable;

import stasis.net.NetError;
import stasis.net.ip.ErrorReporter;
import stasis.net.ip.IcmpError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.SendOptions;
import stasis.net.ip.Transport;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.state.Saved;

/** ICMP for IPv4, RFC 792 and RFC 1122 3.2.2. */
@Saved("net.Icmpv4")
public final class Icmpv4 implements Transport, ErrorReporter {
    /** {@code icmp_msgs_per_sec}, {@code icmp_msgs_burst}. */
    private static final int MESSAGES_PER_SECOND = 1000;

    private static final int BURST = 50;

    /** RFC 1812 4.3.2.3: as much of the packet as fits in 576 bytes. */
    private static final int MAX_QUOTE = 576 - Ipv4Header.LENGTH - IcmpHeader.LENGTH;

    private IpLayer ip;
    private RateLimit limit = new RateLimit(MESSAGES_PER_SECOND, BURST);

    @SuppressWarnings("NullAway.Init") // for a restore
    private Icmpv4() {}

    public Icmpv4(IpLayer ip) {
        this.ip = ip;
    }

    // ---- in ----

    @Override
    public void receive(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        if (!in.isV4() || !IcmpHeader.isValid(at, in.end())) return;
        if (!Checksum.isValid(b, at, in.end()) && !in.nic().link().isTrusted()) return;
        switch (IcmpHeader.type(b, at)) {
            case IcmpHeader.V4_ECHO -> echo(in);
            case IcmpHeader.V4_UNREACHABLE -> unreachable(in);
            case IcmpHeader.V4_TIME_EXCEEDED -> error(in, NetError.HOST_UNREACHABLE, false, 0);
            case IcmpHeader.V4_PARAMETER_PROBLEM -> error(in, NetError.INVALID, true, 0);
            default -> {}
        }
    }

    /** RFC 1122 3.2.2.6. Broadcasts are not answered, as Linux has it. */
    private void echo(Inbound in) {
        if (in.isToGroup()) return;
        byte[] b = in.bytes();
        int rest = IcmpHeader.rest(b, in.start());
        int from = in.start() + IcmpHeader.LENGTH;
        PacketBuffer p = message(IcmpHeader.V4_ECHO_REPLY, 0, rest, b, from, in.end());
        SendOptions options = SendOptions.DEFAULT.withTrafficClass(in.trafficClass());
        ip.answer(in, p, IpProtocol.ICMP, options);
    }

    /** RFC 1122 4.2.3.9 tells soft errors from hard ones; Linux: icmp_err_convert. */
    private void unreachable(Inbound in) {
        byte[] b = in.bytes();
        int code = IcmpHeader.code(b, in.start());
        switch (code) {
            case IcmpHeader.V4_PROTOCOL -> error(in, NetError.PROTOCOL_UNREACHABLE, true, 0);
            case IcmpHeader.V4_PORT -> error(in, NetError.CONNECTION_REFUSED, true, 0);
            case IcmpHeader.V4_FRAGMENTATION_NEEDED -> tooLong(in);
            case IcmpHeader.V4_NET, 6, 11 -> error(in, NetError.NO_ROUTE, code == 6, 0);
            case 9, 10, 13, 14, 15 -> error(in, NetError.HOST_UNREACHABLE, true, 0);
            default -> error(in, NetError.HOST_UNREACHABLE, code == 7 || code == 8, 0);
        }
    }

    /** RFC 1191 4. Some routers do not say how much; then the next plateau would be a guess. */
    private void tooLong(Inbound in) {
        int mtu = IcmpHeader.rest(in.bytes(), in.start()) & 0xffff;
        error(in, NetError.MESSAGE_TOO_LONG, false, Math.max(mtu, 1));
    }

    private void error(Inbound in, NetError error, boolean hard, int mtu) {
        IcmpError e = quoted(in, error, hard, mtu);
        if (e == null || !ip.isLocal(e.local())) return;
        ip.failed(e);
    }

    private @Nullable IcmpError quoted(Inbound in, NetError error, boolean hard, int mtu) {
        byte[] b = in.bytes();
        int at = in.start();
        int type = IcmpHeader.type(b, at);
        int code = IcmpHeader.code(b, at);
        int from = at + IcmpHeader.LENGTH;
        if (in.end() - from < Ipv4Header.LENGTH || Bytes.u8(b, from) >>> 4 != 4) return null;
        return IcmpError.about(error, hard, mtu, type, code, in.source(), b, from, in.end());
    }

    /** There are no errors about errors. */
    @Override
    public void failed(IcmpError error) {}

    // ---- out ----

    @Override
    public void report(Problem problem, Inbound in) {
        if (!mayReport(in) || !limit.allows(ip.context().now())) return;
        int type =
                problem == Problem.REASSEMBLY_TIMED_OUT
                        ? IcmpHeader.V4_TIME_EXCEEDED
                        : IcmpHeader.V4_UNREACHABLE;
        int code =
                switch (problem) {
                    case PORT_UNREACHABLE -> IcmpHeader.V4_PORT;
                    case PROTOCOL_UNREACHABLE -> IcmpHeader.V4_PROTOCOL;
                    case REASSEMBLY_TIMED_OUT -> 1;
                };
        int from = in.headerStart();
        int to = Math.min(in.end(), from + MAX_QUOTE);
        PacketBuffer p = message(type, code, 0, in.bytes(), from, to);
        ip.answer(in, p, IpProtocol.ICMP, SendOptions.DEFAULT);
    }

    /** RFC 1122 3.2.2: not about errors, not to groups or from them, and IPv4 only. */
    private boolean mayReport(Inbound in) {
        if (!in.isV4() || in.isToGroup()) return false;
        int source = (int) in.sourceLow();
        if (source == 0 || source >>> 28 >= 0xe || ip.isBroadcast(in.source())) return false;
        if (in.protocol() != IpProtocol.ICMP) return true;
        boolean readable = IcmpHeader.isValid(in.start(), in.end());
        return readable && IcmpHeader.type(in.bytes(), in.start()) == IcmpHeader.V4_ECHO;
    }

    private PacketBuffer message(int type, int code, int rest, byte[] b, int from, int to) {
        PacketBuffer p = ip.context().pool().take(IcmpHeader.LENGTH + to - from);
        IcmpHeader.write(p.bytes(), p.start(), type, code, rest);
        System.arraycopy(b, from, p.bytes(), p.start() + IcmpHeader.LENGTH, to - from);
        int sum = Checksum.of(p.bytes(), p.start(), p.end());
        IcmpHeader.putChecksum(p.bytes(), p.start(), sum);
        return p;
    }
}
