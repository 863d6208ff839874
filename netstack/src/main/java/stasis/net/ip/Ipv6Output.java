package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv6Extension;
import stasis.net.wire.Ipv6Header;

/** Sends IPv6, RFC 8200; in fragments where the sender allows it. */
final class Ipv6Output {
    private Ipv6Output() {}

    /** Takes the packet in any case. */
    static @Nullable NetError send(
            IpLayer ip,
            Route route,
            PacketBuffer packet,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        int mtu = ip.mtuBy(route, destination);
        if (packet.length() + Ipv6Header.LENGTH <= mtu) {
            finish(ip, route, packet, source, destination, protocol, options);
            return null;
        }
        boolean possible = options.mayFragment() && packet.length() <= 0xffff;
        if (possible) fragment(ip, route, packet, source, destination, protocol, options);
        packet.release();
        return possible ? null : NetError.MESSAGE_TOO_LONG;
    }

    private static void fragment(
            IpLayer ip,
            Route route,
            PacketBuffer whole,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        int mtu = ip.mtuBy(route, destination);
        int room = mtu - Ipv6Header.LENGTH - Ipv6Extension.FRAGMENT_LENGTH & ~7;
        int id = (int) ip.context().random();
        ip.counters().fragmented++;
        for (int offset = 0; offset < whole.length(); offset += room) {
            int length = Math.min(room, whole.length() - offset);
            PacketBuffer part = ip.context().pool().take(length);
            int from = whole.start() + offset;
            System.arraycopy(whole.bytes(), from, part.bytes(), part.start(), length);
            int at = part.prepend(Ipv6Extension.FRAGMENT_LENGTH);
            boolean more = offset + length < whole.length();
            Ipv6Extension.writeFragment(part.bytes(), at, protocol, offset, more, id);
            finish(ip, route, part, source, destination, IpProtocol.FRAGMENT, options);
            ip.counters().fragmentsMade++;
        }
    }

    private static void finish(
            IpLayer ip,
            Route route,
            PacketBuffer packet,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        int payload = packet.length();
        byte[] b = packet.bytes();
        int at = packet.prepend(Ipv6Header.LENGTH);
        Ipv6Header.write(b, at, payload, options.trafficClass(), protocol, options.hops());
        Ipv6Header.writeAddresses(
                b, at, source.high(), source.low(), destination.high(), destination.low());
        ip.counters().sent++;
        route.nic().send(packet, route.nextHop(destination), false);
    }
}
