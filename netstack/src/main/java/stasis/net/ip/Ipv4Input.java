package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Ipv4Header;

/** Receives IPv4, RFC 791 and RFC 1122 3.2.1. */
final class Ipv4Input {
    private Ipv4Input() {}

    static void receive(IpLayer ip, Nic nic, PacketBuffer packet, boolean linkGroup) {
        byte[] b = packet.bytes();
        int at = packet.start();
        ip.counters().received++;
        if (!isSound(nic, packet)) {
            ip.counters().headerErrors++;
            return;
        }
        packet.trim(Ipv4Header.totalLength(b, at));
        int source = Ipv4Header.source(b, at);
        int destination = Ipv4Header.destination(b, at);
        boolean group = isGroup(ip, nic, destination);
        if (isMartian(nic, source, destination) || !isForUs(ip, nic, destination, group)) {
            ip.counters().addressErrors++;
            return;
        }
        // RFC 1122 3.2.2: no errors about what came by a broadcast of the link
        Inbound in = ip.inbound();
        in.begin(nic, packet, true, group || linkGroup);
        if (Ipv4Header.isFragment(b, at)) {
            reassemble(ip, nic, packet, group || linkGroup);
        } else {
            deliver(ip, in);
        }
    }

    private static boolean isSound(Nic nic, PacketBuffer packet) {
        byte[] b = packet.bytes();
        int at = packet.start();
        if (!Ipv4Header.isValid(b, at, packet.end())) return false;
        return nic.link().isTrusted() || Ipv4Header.hasValidChecksum(b, at);
    }

    /** RFC 1122 3.2.1.3: what may not be on the wire in that place. */
    private static boolean isMartian(Nic nic, int source, int destination) {
        boolean multicast = source >>> 28 == 0xe;
        if (multicast || source == -1) return true;
        boolean loopback = source >>> 24 == 127 || destination >>> 24 == 127;
        return loopback && !nic.isLoopback();
    }

    private static boolean isGroup(IpLayer ip, Nic nic, int destination) {
        return destination >>> 28 == 0xe
                || destination == -1
                || nic.isDirectedBroadcast(destination) && !ip.isLocalV4(destination);
    }

    private static boolean isForUs(IpLayer ip, Nic nic, int destination, boolean group) {
        if (!group) return ip.isLocalV4(destination);
        if (destination >>> 28 != 0xe) return true;
        return nic.isMember(0, IpAddress.mappedLow(destination)) || nic.isLoopback();
    }

    /** Precondition: the packet begins with a sound header and is whole. */
    static void deliver(IpLayer ip, Inbound in) {
        address(in);
        ip.deliver(in);
    }

    /** Reads the header, after which the packet begins behind it. */
    static void address(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        in.header(Ipv4Header.protocol(b, at), Ipv4Header.ttl(b, at), Ipv4Header.tos(b, at));
        long source = IpAddress.mappedLow(Ipv4Header.source(b, at));
        in.addresses(0, source, 0, IpAddress.mappedLow(Ipv4Header.destination(b, at)));
        in.packet().consume(Ipv4Header.headerLength(b, at));
    }

    private static void reassemble(IpLayer ip, Nic nic, PacketBuffer packet, boolean group) {
        byte[] b = packet.bytes();
        int at = packet.start();
        FragmentKey key =
                new FragmentKey(
                        IpAddress.v4(Ipv4Header.source(b, at)),
                        IpAddress.v4(Ipv4Header.destination(b, at)),
                        Ipv4Header.identification(b, at),
                        Ipv4Header.protocol(b, at));
        boolean last = !Ipv4Header.moreFragments(b, at);
        int offset = Ipv4Header.fragmentOffset(b, at);
        int header = Ipv4Header.headerLength(b, at);
        packet.consume(header);
        PacketBuffer whole = ip.fragments().add(key, nic, packet, at, at + header, offset, last);
        if (whole != null) deliverWhole(ip, nic, whole, group);
    }

    private static void deliverWhole(IpLayer ip, Nic nic, PacketBuffer whole, boolean group) {
        try {
            ip.counters().reassembled++;
            begin(ip, nic, whole, group);
            deliver(ip, ip.inbound());
        } finally {
            whole.release();
        }
    }

    /** Makes {@code packet}, put together from fragments, the one being received. */
    static void begin(IpLayer ip, Nic nic, PacketBuffer packet, boolean group) {
        byte[] b = packet.bytes();
        int at = packet.start();
        Ipv4Header.becomeWhole(b, at, packet.length());
        ip.inbound().begin(nic, packet, true, group);
    }
}
