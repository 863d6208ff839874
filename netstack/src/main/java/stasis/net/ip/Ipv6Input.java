package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Bytes;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv6Extension;
import stasis.net.wire.Ipv6Header;

/** Receives IPv6, RFC 8200 3 and 4. */
final class Ipv6Input {
    /** {@code ff02::1} and, within this host, {@code ff01::1}. */
    private static final long ALL_NODES = 1;

    /** {@code ff02::1:ff00:0/104}, RFC 4291 2.7.1. */
    private static final long SOLICITED_HIGH = 0xff02L << 48;

    private static final long SOLICITED_LOW = 0x1_ff00_0000L;

    private Ipv6Input() {}

    static void receive(IpLayer ip, Nic nic, PacketBuffer packet, boolean linkGroup) {
        byte[] b = packet.bytes();
        int at = packet.start();
        ip.counters().received++;
        if (!Ipv6Header.isValid(b, at, packet.end())) {
            ip.counters().headerErrors++;
            return;
        }
        packet.trim(Ipv6Header.LENGTH + Ipv6Header.payloadLength(b, at));
        long high = Ipv6Header.destinationHigh(b, at);
        long low = Ipv6Header.destinationLow(b, at);
        boolean group = high >>> 56 == 0xff;
        if (isMartian(nic, b, at) || !isForUs(ip, nic, high, low)) {
            ip.counters().addressErrors++;
            return;
        }
        Inbound in = ip.inbound();
        in.begin(nic, packet, false, group || linkGroup);
        address(in);
        walk(ip, nic, in, false);
    }

    /** RFC 4291: multicast or loopback as a source, and IPv4 in disguise (RFC 4038 4.2). */
    private static boolean isMartian(Nic nic, byte[] b, int at) {
        long fromHigh = Ipv6Header.sourceHigh(b, at);
        long fromLow = Ipv6Header.sourceLow(b, at);
        long toHigh = Ipv6Header.destinationHigh(b, at);
        long toLow = Ipv6Header.destinationLow(b, at);
        if (fromHigh >>> 56 == 0xff) return true;
        if (IpAddress.isV4(fromHigh, fromLow) || IpAddress.isV4(toHigh, toLow)) return true;
        boolean loopback = fromHigh == 0 && fromLow == 1 || toHigh == 0 && toLow == 1;
        return loopback && !nic.isLoopback();
    }

    private static boolean isForUs(IpLayer ip, Nic nic, long high, long low) {
        if (high >>> 56 != 0xff) return ip.isLocal(high, low);
        boolean local = high == 0xff02L << 48 || high == 0xff01L << 48;
        if (local && low == ALL_NODES || nic.isMember(high, low)) return true;
        boolean solicited = high == SOLICITED_HIGH && (low & ~0xff_ffffL) == SOLICITED_LOW;
        return solicited && nic.hasAddressEndingIn((int) low & 0xff_ffff);
    }

    static IpAddress solicitedNode(IpAddress address) {
        return new IpAddress(SOLICITED_HIGH, SOLICITED_LOW | address.low() & 0xff_ffff);
    }

    /** Reads the header, after which the packet begins behind it. */
    static void address(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        int hops = Ipv6Header.hopLimit(b, at);
        in.header(Ipv6Header.nextHeader(b, at), hops, Ipv6Header.trafficClass(b, at));
        in.addresses(
                Ipv6Header.sourceHigh(b, at),
                Ipv6Header.sourceLow(b, at),
                Ipv6Header.destinationHigh(b, at),
                Ipv6Header.destinationLow(b, at));
        in.packet().consume(Ipv6Header.LENGTH);
    }

    /** From one extension header to the next, RFC 8200 4, up to what a transport takes. */
    private static void walk(IpLayer ip, Nic nic, Inbound in, boolean reassembled) {
        int nextHeaderAt = in.headerStart() + 6;
        while (true) {
            byte[] b = in.bytes();
            int at = in.start();
            switch (in.protocol()) {
                case IpProtocol.HOP_BY_HOP -> {
                    boolean first = at == in.headerStart() + Ipv6Header.LENGTH;
                    if (!first || !skip(in, true)) return;
                }
                case IpProtocol.DESTINATION_OPTIONS -> {
                    if (!skip(in, true)) return;
                }
                case IpProtocol.ROUTING -> {
                    // RFC 8200 4.4: with no segments left it may be ignored
                    if (!skip(in, false) || Ipv6Extension.segmentsLeft(b, at) != 0) return;
                }
                case IpProtocol.FRAGMENT -> {
                    if (reassembled || !isFragmentSkipped(ip, nic, in, nextHeaderAt)) return;
                }
                case IpProtocol.NO_NEXT -> {
                    return;
                }
                default -> {
                    ip.deliver(in);
                    return;
                }
            }
            nextHeaderAt = at;
        }
    }

    private static boolean skip(Inbound in, boolean options) {
        byte[] b = in.bytes();
        int at = in.start();
        if (!Ipv6Extension.isValid(b, at, in.end())) return false;
        if (options && !Ipv6Extension.mayBeSkipped(b, at)) return false;
        in.becomeProtocol(Ipv6Extension.nextHeader(b, at));
        in.packet().consume(Ipv6Extension.length(b, at));
        return true;
    }

    /** False: the packet was a part, and has been dealt with. */
    private static boolean isFragmentSkipped(IpLayer ip, Nic nic, Inbound in, int nextHeaderAt) {
        byte[] b = in.bytes();
        int at = in.start();
        if (!Ipv6Extension.isValidFragment(at, in.end())) return false;
        int offset = Ipv6Extension.fragmentOffset(b, at);
        boolean last = !Ipv6Extension.moreFragments(b, at);
        int next = Ipv6Extension.nextHeader(b, at);
        int id = Ipv6Extension.identification(b, at);
        in.packet().consume(Ipv6Extension.FRAGMENT_LENGTH);
        if (offset == 0 && last) {
            // RFC 6946: a packet of one part is whole
            in.becomeProtocol(next);
            return true;
        }
        // as the whole packet will have it: without the fragment header
        Bytes.put8(b, nextHeaderAt, next);
        FragmentKey key = new FragmentKey(in.source(), in.destination(), id, IpProtocol.FRAGMENT);
        int from = in.headerStart();
        boolean group = in.isToGroup();
        PacketBuffer whole = ip.fragments().add(key, nic, in.packet(), from, at, offset, last);
        if (whole != null) deliverWhole(ip, nic, whole, group);
        return false;
    }

    private static void deliverWhole(IpLayer ip, Nic nic, PacketBuffer whole, boolean group) {
        try {
            ip.counters().reassembled++;
            begin(ip, nic, whole, group);
            address(ip.inbound());
            walk(ip, nic, ip.inbound(), true);
        } finally {
            whole.release();
        }
    }

    /** Makes {@code packet}, put together from fragments, the one being received. */
    static void begin(IpLayer ip, Nic nic, PacketBuffer packet, boolean group) {
        int payload = packet.length() - Ipv6Header.LENGTH;
        Bytes.put16(packet.bytes(), packet.start() + 4, payload);
        ip.inbound().begin(nic, packet, false, group);
    }
}
