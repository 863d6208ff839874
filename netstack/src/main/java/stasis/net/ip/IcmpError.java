package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.wire.Bytes;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.Ipv6Header;
import stasis.state.Saved;

/**
 * A packet of ours did not get there, says {@code reporter} (ourselves for an address that did not
 * answer). The rest is read from the packet that it quotes.
 *
 * @param hard no use in trying again, as far as ICMP knows
 * @param mtu of the next hop if the packet was too long, else 0
 * @param rest the bytes of the transport that were quoted: for TCP and UDP at least 8
 */
@Saved("net.IcmpError")
public record IcmpError(
        NetError error,
        boolean hard,
        int mtu,
        int type,
        int code,
        IpAddress reporter,
        IpAddress local,
        IpAddress remote,
        int protocol,
        byte[] rest) {
    private static final int QUOTED = 8;

    /** Null if what is quoted at from..to is no packet with enough of its transport. */
    public static @Nullable IcmpError about(
            NetError error,
            boolean hard,
            int mtu,
            int type,
            int code,
            @Nullable IpAddress reporter,
            byte[] b,
            int from,
            int to) {
        boolean v4 = to - from >= Ipv4Header.LENGTH && Bytes.u8(b, from) >>> 4 == 4;
        int start = v4 ? from + Ipv4Header.headerLength(b, from) : from + Ipv6Header.LENGTH;
        boolean v6 = !v4 && to - from >= Ipv6Header.LENGTH && Bytes.u8(b, from) >>> 4 == 6;
        if (!v4 && !v6 || to - start < QUOTED) return null;
        if (v4 && Ipv4Header.fragmentOffset(b, from) != 0) return null;
        int protocol = v4 ? Ipv4Header.protocol(b, from) : Ipv6Header.nextHeader(b, from);
        if (v6 && protocol == IpProtocol.FRAGMENT) {
            if (to - start < 2 * QUOTED || (Bytes.u16(b, start + 2) & ~7) != 0) return null;
            protocol = Bytes.u8(b, start);
            start += QUOTED;
        }
        IpAddress local = v4 ? IpAddress.v4(Ipv4Header.source(b, from)) : sourceV6(b, from);
        IpAddress remote = v4 ? IpAddress.v4(Ipv4Header.destination(b, from)) : targetV6(b, from);
        byte[] rest = java.util.Arrays.copyOfRange(b, start, to);
        IpAddress by = reporter == null ? local : reporter;
        return new IcmpError(error, hard, mtu, type, code, by, local, remote, protocol, rest);
    }

    private static IpAddress sourceV6(byte[] b, int at) {
        return new IpAddress(Ipv6Header.sourceHigh(b, at), Ipv6Header.sourceLow(b, at));
    }

    private static IpAddress targetV6(byte[] b, int at) {
        return new IpAddress(Ipv6Header.destinationHigh(b, at), Ipv6Header.destinationLow(b, at));
    }

    /** Of TCP and UDP. */
    public int localPort() {
        return Bytes.u16(rest, 0);
    }

    /** Of TCP and UDP. */
    public int remotePort() {
        return Bytes.u16(rest, 2);
    }

    /** Of TCP: the sequence number. */
    public int seq() {
        return Bytes.i32(rest, 4);
    }
}
