package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Ipv4Header;

/** Sends IPv4, RFC 791; in fragments where the sender allows it. */
final class Ipv4Output {
    private Ipv4Output() {}

    /** Takes the packet in any case. */
    static @Nullable NetError send(
            IpLayer ip,
            Route route,
            PacketBuffer packet,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        int total = packet.length() + Ipv4Header.LENGTH;
        if (total > ip.mtuBy(route, destination)) {
            boolean possible = options.mayFragment() && total <= Ipv4Header.MAX_PACKET;
            if (possible) {
                fragment(ip, route, packet, source, destination, protocol, options);
            }
            packet.release();
            return possible ? null : NetError.MESSAGE_TOO_LONG;
        }
        int flags = options.mayFragment() ? 0 : Ipv4Header.DONT_FRAGMENT;
        int id = ip.nextIdentification();
        finish(ip, route, packet, source, destination, protocol, options, id, flags);
        return null;
    }

    private static void fragment(
            IpLayer ip,
            Route route,
            PacketBuffer whole,
            IpAddress source,
            IpAddress destination,
            int protocol,
            SendOptions options) {
        int room = ip.mtuBy(route, destination) - Ipv4Header.LENGTH & ~7;
        int id = ip.nextIdentification();
        ip.counters().fragmented++;
        for (int offset = 0; offset < whole.length(); offset += room) {
            int length = Math.min(room, whole.length() - offset);
            PacketBuffer part = ip.context().pool().take(length);
            int from = whole.start() + offset;
            System.arraycopy(whole.bytes(), from, part.bytes(), part.start(), length);
            boolean last = offset + length == whole.length();
            int word = offset / 8 | (last ? 0 : Ipv4Header.MORE_FRAGMENTS);
            finish(ip, route, part, source, destination, protocol, options, id, word);
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
            SendOptions options,
            int identification,
            int fragment) {
        int at = packet.prepend(Ipv4Header.LENGTH);
        Ipv4Header.write(
                packet.bytes(),
                at,
                packet.length(),
                options.trafficClass(),
                identification,
                fragment,
                options.hops(),
                protocol,
                source.v4Bits(),
                destination.v4Bits());
        ip.counters().sent++;
        boolean broadcast = ip.isBroadcast(route.nic(), destination);
        route.nic().send(packet, route.nextHop(destination), broadcast);
    }
}
