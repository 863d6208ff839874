package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IcmpHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.NdpMessage;

/**
 * Where an IPv6 address is on the link, RFC 4861, and addresses made from what routers advertise,
 * RFC 4862. Addresses are used without looking for duplicates, and lifetimes are not kept: an
 * address or a route stays until it is withdrawn.
 */
final class Ndp {
    /** RFC 4861 7.1: what came through a router is not from the link. */
    private static final int HOPS = 255;

    private static final SendOptions OPTIONS = SendOptions.DEFAULT.withHops(HOPS);
    private static final IpAddress ALL_NODES = new IpAddress(0xff02L << 48, 1);
    private static final IpAddress ALL_ROUTERS = new IpAddress(0xff02L << 48, 2);
    private static final int ADVERTISED_METRIC = 1024;

    private Ndp() {}

    /** Precondition: a message of ICMPv6 with a valid checksum. */
    static void receive(IpLayer ip, Inbound in) {
        if (in.hops() != HOPS || IcmpHeader.code(in.bytes(), in.start()) != 0) return;
        switch (IcmpHeader.type(in.bytes(), in.start())) {
            case IcmpHeader.V6_NEIGHBOR_SOLICITATION -> solicitation(ip, in);
            case IcmpHeader.V6_NEIGHBOR_ADVERTISEMENT -> advertisement(in);
            case IcmpHeader.V6_ROUTER_ADVERTISEMENT -> routerAdvertisement(ip, in);
            default -> {}
        }
    }

    // ---- neighbours ----

    private static void solicitation(IpLayer ip, Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        if (in.end() - at < NdpMessage.TARGET_END) return;
        long high = NdpMessage.targetHigh(b, at);
        long low = NdpMessage.targetLow(b, at);
        if (!in.nic().hasAddress(high, low)) return;
        IpAddress from = in.source();
        IpAddress target = new IpAddress(high, low);
        if (from.isAny()) {
            // RFC 4861 7.2.4: somebody looks for duplicates
            advertise(ip, in.nic(), target, ALL_NODES, NdpMessage.OVERRIDE);
            return;
        }
        int from1 = at + NdpMessage.TARGET_END;
        int option = NdpMessage.find(b, from1, in.end(), NdpMessage.SOURCE_LINK);
        if (option >= 0) {
            long link = NdpMessage.link(b, option);
            if (EthernetHeader.isGroup(link)) return;
            in.nic().neighbors().learn(from, link, false, true);
        }
        advertise(ip, in.nic(), target, from, NdpMessage.SOLICITED | NdpMessage.OVERRIDE);
    }

    /** RFC 4861 7.2.5. */
    private static void advertisement(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        if (in.end() - at < NdpMessage.TARGET_END) return;
        int option =
                NdpMessage.find(b, at + NdpMessage.TARGET_END, in.end(), NdpMessage.TARGET_LINK);
        if (option < 0 || EthernetHeader.isGroup(NdpMessage.link(b, option))) return;
        boolean solicited = (IcmpHeader.rest(b, at) & NdpMessage.SOLICITED) != 0;
        if (solicited && in.isToGroup()) return;
        IpAddress target = new IpAddress(NdpMessage.targetHigh(b, at), NdpMessage.targetLow(b, at));
        in.nic().neighbors().learn(target, NdpMessage.link(b, option), solicited, false);
    }

    /** Asks {@code link} for {@code target}, or those who may have it if {@code link} is 0. */
    static void solicit(IpLayer ip, Nic nic, IpAddress target, long link) {
        IpAddress to = link == 0 ? Ipv6Input.solicitedNode(target) : target;
        IpAddress source = nic.addressFor(false, target.isLinkLocal());
        if (source == null) source = nic.addressFor(false, !target.isLinkLocal());
        if (source == null) return;
        PacketBuffer p = message(ip, IcmpHeader.V6_NEIGHBOR_SOLICITATION, 0, target);
        int option = p.start() + NdpMessage.TARGET_END;
        NdpMessage.putLinkOption(p.bytes(), option, NdpMessage.SOURCE_LINK, nic.link().address());
        send(ip, nic, p, source, to);
    }

    /** Tells everybody that {@code own} is here now, RFC 4861 7.2.6. */
    static void announce(IpLayer ip, Nic nic, IpAddress own) {
        advertise(ip, nic, own, ALL_NODES, NdpMessage.OVERRIDE);
    }

    private static void advertise(IpLayer ip, Nic nic, IpAddress target, IpAddress to, int flags) {
        PacketBuffer p = message(ip, IcmpHeader.V6_NEIGHBOR_ADVERTISEMENT, flags, target);
        int option = p.start() + NdpMessage.TARGET_END;
        NdpMessage.putLinkOption(p.bytes(), option, NdpMessage.TARGET_LINK, nic.link().address());
        send(ip, nic, p, target, to);
    }

    private static PacketBuffer message(IpLayer ip, int type, int flags, IpAddress target) {
        int length = NdpMessage.TARGET_END + NdpMessage.LINK_OPTION_LENGTH;
        PacketBuffer p = ip.context().pool().take(length);
        IcmpHeader.write(p.bytes(), p.start(), type, 0, flags);
        NdpMessage.putTarget(p.bytes(), p.start(), target.high(), target.low());
        return p;
    }

    private static void send(IpLayer ip, Nic nic, PacketBuffer p, IpAddress source, IpAddress to) {
        int sum =
                Checksum.pseudoHeaderV6(
                        source.high(),
                        source.low(),
                        to.high(),
                        to.low(),
                        IpProtocol.ICMPV6,
                        p.length());
        sum = Checksum.plus(sum, Checksum.partial(p.bytes(), p.start(), p.end()));
        IcmpHeader.putChecksum(p.bytes(), p.start(), Checksum.complement(sum));
        ip.send(p, source, to, IpProtocol.ICMPV6, OPTIONS.withNic(nic.index()));
    }

    // ---- routers ----

    static void solicitRouters(IpLayer ip, Nic nic) {
        IpAddress source = nic.addressFor(false, true);
        if (source == null) return;
        int length = NdpMessage.SOLICITATION_END + NdpMessage.LINK_OPTION_LENGTH;
        PacketBuffer p = ip.context().pool().take(length);
        IcmpHeader.write(p.bytes(), p.start(), IcmpHeader.V6_ROUTER_SOLICITATION, 0, 0);
        int option = p.start() + NdpMessage.SOLICITATION_END;
        NdpMessage.putLinkOption(p.bytes(), option, NdpMessage.SOURCE_LINK, nic.link().address());
        send(ip, nic, p, source, ALL_ROUTERS);
    }

    private static void routerAdvertisement(IpLayer ip, Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        Nic nic = in.nic();
        IpAddress router = in.source();
        boolean sound = in.end() - at >= NdpMessage.ROUTER_END && router.isLinkLocal();
        if (!sound || !nic.isAutoconfigured()) return;
        int options = at + NdpMessage.ROUTER_END;
        int link = NdpMessage.find(b, options, in.end(), NdpMessage.SOURCE_LINK);
        if (link >= 0 && !EthernetHeader.isGroup(NdpMessage.link(b, link))) {
            nic.neighbors().learn(router, NdpMessage.link(b, link), false, true);
        }
        takeRouter(ip, nic, router, NdpMessage.routerLifetime(b, at) > 0);
        int option = options;
        while ((option = NdpMessage.find(b, option, in.end(), NdpMessage.PREFIX)) >= 0) {
            takePrefix(ip, nic, b, option);
            option = NdpMessage.optionEnd(b, option);
        }
    }

    private static void takeRouter(IpLayer ip, Nic nic, IpAddress router, boolean isDefault) {
        Route route = new Route(IpAddress.ANY_V6, 0, router, nic, null, ADVERTISED_METRIC);
        ip.routes().remove(route);
        if (isDefault) ip.routes().add(route);
    }

    /** RFC 4862 5.5.3. A host that many prefixes are advertised to takes some of them. */
    private static void takePrefix(IpLayer ip, Nic nic, byte[] b, int option) {
        boolean usable =
                NdpMessage.isAutonomous(b, option) && NdpMessage.prefixLength(b, option) == 64;
        if (!usable || NdpMessage.validSeconds(b, option) == 0) return;
        long high = NdpMessage.prefixHigh(b, option);
        IpAddress own = new IpAddress(high, interfaceId(nic));
        boolean fit = !own.isLinkLocal() && !own.isMulticast() && !nic.hasAddress(high, own.low());
        if (fit && nic.addresses().size() < Nic.MAX_ADDRESSES) {
            ip.addAddress(nic, new InterfaceAddress(own, 64));
        }
    }

    /** RFC 4291 appendix A: EUI-64 of the link address. */
    static long interfaceId(Nic nic) {
        long mac = nic.link().address();
        long upper = mac >>> 24 ^ 0x02_0000;
        return upper << 40 | 0xff_fe00_0000L | mac & 0xff_ffff;
    }

    static @Nullable IpAddress linkLocal(Nic nic) {
        return nic.link().isEthernet() ? new IpAddress(0xfe80L << 48, interfaceId(nic)) : null;
    }
}
