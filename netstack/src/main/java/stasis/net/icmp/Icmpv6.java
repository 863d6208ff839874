package stasis.net.icmp;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
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
import stasis.net.wire.Ipv6Header;
import stasis.state.Saved;

/** ICMP for IPv6, RFC 4443. */
@Saved("net.Icmpv6")
public final class Icmpv6 implements Transport, ErrorReporter {
    private static final int MESSAGES_PER_SECOND = 1000;
    private static final int BURST = 50;

    /** RFC 4443 2.4 (c): as much of the packet as fits in the smallest MTU. */
    private static final int MAX_QUOTE = Ipv6Header.MIN_MTU - Ipv6Header.LENGTH - IcmpHeader.LENGTH;

    private IpLayer ip;
    private RateLimit limit = new RateLimit(MESSAGES_PER_SECOND, BURST);

    @SuppressWarnings("NullAway.Init") // for a restore
    private Icmpv6() {}

    public Icmpv6(IpLayer ip) {
        this.ip = ip;
    }

    // ---- in ----

    @Override
    public void receive(Inbound in) {
        int at = in.start();
        if (in.isV4() || !IcmpHeader.isValid(at, in.end())) return;
        if (!in.hasValidChecksum(in.end() - at)) return;
        int type = IcmpHeader.type(in.bytes(), at);
        switch (type) {
            case IcmpHeader.V6_ECHO -> echo(in);
            case IcmpHeader.V6_UNREACHABLE -> unreachable(in);
            case IcmpHeader.V6_TOO_BIG -> tooBig(in);
            case IcmpHeader.V6_TIME_EXCEEDED -> error(in, NetError.HOST_UNREACHABLE, false, 0);
            case IcmpHeader.V6_PARAMETER_PROBLEM -> error(in, NetError.INVALID, true, 0);
            default -> {
                if (type >= IcmpHeader.V6_ROUTER_SOLICITATION) ip.neighborMessage(in);
            }
        }
    }

    /** RFC 4443 4.2. */
    private void echo(Inbound in) {
        if (in.isToGroup()) return;
        byte[] b = in.bytes();
        int rest = IcmpHeader.rest(b, in.start());
        int from = in.start() + IcmpHeader.LENGTH;
        answer(in, IcmpHeader.V6_ECHO_REPLY, 0, rest, from, in.end());
    }

    /** RFC 4443 3.1; Linux: icmpv6_err_convert. */
    private void unreachable(Inbound in) {
        switch (IcmpHeader.code(in.bytes(), in.start())) {
            case 0 -> error(in, NetError.NO_ROUTE, false, 0);
            case IcmpHeader.V6_PORT -> error(in, NetError.CONNECTION_REFUSED, true, 0);
            case 1, 5, 6 -> error(in, NetError.HOST_UNREACHABLE, true, 0);
            default -> error(in, NetError.HOST_UNREACHABLE, false, 0);
        }
    }

    private void tooBig(Inbound in) {
        int mtu = IcmpHeader.rest(in.bytes(), in.start());
        int sane = Math.clamp(Integer.toUnsignedLong(mtu), 1, 0xffff);
        error(in, NetError.MESSAGE_TOO_LONG, false, sane);
    }

    private void error(Inbound in, NetError error, boolean hard, int mtu) {
        IcmpError e = quoted(in, error, hard, mtu);
        if (e != null && ip.isLocal(e.local())) ip.failed(e);
    }

    private @Nullable IcmpError quoted(Inbound in, NetError error, boolean hard, int mtu) {
        byte[] b = in.bytes();
        int at = in.start();
        int type = IcmpHeader.type(b, at);
        int code = IcmpHeader.code(b, at);
        int from = at + IcmpHeader.LENGTH;
        if (in.end() - from < Ipv6Header.LENGTH || Bytes.u8(b, from) >>> 4 != 6) return null;
        return IcmpError.about(error, hard, mtu, type, code, in.source(), b, from, in.end());
    }

    /** There are no errors about errors. */
    @Override
    public void failed(IcmpError error) {}

    // ---- out ----

    @Override
    public void report(Problem problem, Inbound in) {
        if (!mayReport(in) || !limit.allows(ip.context().now())) return;
        int from = in.headerStart();
        int to = Math.min(in.end(), from + MAX_QUOTE);
        switch (problem) {
            case PORT_UNREACHABLE ->
                    answer(in, IcmpHeader.V6_UNREACHABLE, IcmpHeader.V6_PORT, 0, from, to);
            case PROTOCOL_UNREACHABLE ->
                    // RFC 8200 4: a parameter problem, unrecognized next header; points at it
                    answer(in, IcmpHeader.V6_PARAMETER_PROBLEM, 1, 6, from, to);
            case REASSEMBLY_TIMED_OUT -> answer(in, IcmpHeader.V6_TIME_EXCEEDED, 1, 0, from, to);
        }
    }

    /** RFC 4443 2.4 (e). */
    private boolean mayReport(Inbound in) {
        if (in.isV4() || in.isToGroup() || in.source().isAny()) return false;
        if (in.protocol() != IpProtocol.ICMPV6) return true;
        boolean readable = IcmpHeader.isValid(in.start(), in.end());
        return readable && IcmpHeader.type(in.bytes(), in.start()) >= IcmpHeader.V6_ECHO;
    }

    private void answer(Inbound in, int type, int code, int rest, int from, int to) {
        PacketBuffer p = ip.context().pool().take(IcmpHeader.LENGTH + to - from);
        byte[] b = p.bytes();
        IcmpHeader.write(b, p.start(), type, code, rest);
        System.arraycopy(in.bytes(), from, b, p.start() + IcmpHeader.LENGTH, to - from);
        IpAddress own = in.destination();
        IpAddress peer = in.source();
        int sum =
                Checksum.pseudoHeaderV6(
                        own.high(),
                        own.low(),
                        peer.high(),
                        peer.low(),
                        IpProtocol.ICMPV6,
                        p.length());
        sum = Checksum.plus(sum, Checksum.partial(b, p.start(), p.end()));
        IcmpHeader.putChecksum(b, p.start(), Checksum.complement(sum));
        int nic = peer.isLinkLocal() ? in.nic().index() : 0;
        ip.answer(in, p, IpProtocol.ICMPV6, SendOptions.DEFAULT.withNic(nic));
    }
}
