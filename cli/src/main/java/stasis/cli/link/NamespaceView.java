package stasis.cli.link;

import static stasis.abi.Netlink.NLM_F_DUMP;
import static stasis.abi.Rtnetlink.IFA_ADDRESS;
import static stasis.abi.Rtnetlink.IFA_LOCAL;
import static stasis.abi.Rtnetlink.IFLA_ADDRESS;
import static stasis.abi.Rtnetlink.IFLA_IFNAME;
import static stasis.abi.Rtnetlink.IFLA_MTU;
import static stasis.abi.Rtnetlink.RTA_DST;
import static stasis.abi.Rtnetlink.RTA_GATEWAY;
import static stasis.abi.Rtnetlink.RTA_OIF;
import static stasis.abi.Rtnetlink.RTA_PRIORITY;
import static stasis.abi.Rtnetlink.RTA_TABLE;
import static stasis.abi.Rtnetlink.RTM_GETADDR;
import static stasis.abi.Rtnetlink.RTM_GETLINK;
import static stasis.abi.Rtnetlink.RTM_GETROUTE;
import static stasis.abi.Rtnetlink.RTM_NEWADDR;
import static stasis.abi.Rtnetlink.RTM_NEWLINK;
import static stasis.abi.Rtnetlink.RTM_NEWROUTE;
import static stasis.abi.Rtnetlink.RTN_UNICAST;
import static stasis.abi.Rtnetlink.RTPROT_KERNEL;
import static stasis.abi.Rtnetlink.RT_TABLE_MAIN;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.wire.Bytes;

import java.util.ArrayList;
import java.util.List;

/** What there is in a network namespace. */
final class NamespaceView {
    private static final int IFINFO_BYTES = 16;
    private static final int IFADDR_BYTES = 8;
    private static final int RTMSG_BYTES = 12;

    private final RouteSocket socket;

    NamespaceView(RouteSocket socket) {
        this.socket = socket;
    }

    List<HostInterface> interfaces() throws HostException {
        List<HostInterface> all = new ArrayList<>();
        RouteMessage links = socket.message(RTM_GETLINK, NLM_F_DUMP).link(0, 0, 0);
        for (RouteReply r : socket.dump(links)) {
            if (r.type() == RTM_NEWLINK) all.add(link(r));
        }
        if (all.stream().allMatch(HostInterface::isLoopback)) return all;
        RouteMessage addresses = socket.message(RTM_GETADDR, NLM_F_DUMP).address(0, 0, 0);
        for (RouteReply r : socket.dump(addresses)) {
            if (r.type() == RTM_NEWADDR) address(r, all);
        }
        for (int family : new int[] {AF_INET, AF_INET6}) {
            RouteMessage routes = socket.message(RTM_GETROUTE, NLM_F_DUMP).route(family, 0);
            for (RouteReply r : socket.dump(routes)) {
                if (r.type() == RTM_NEWROUTE) route(r, family, all);
            }
        }
        return all;
    }

    private static HostInterface link(RouteReply r) {
        byte[] mac = r.attribute(IFINFO_BYTES, IFLA_ADDRESS);
        return new HostInterface(
                r.i32(4),
                r.text(IFINFO_BYTES, IFLA_IFNAME),
                r.u16(2),
                r.i32(8),
                r.number(IFINFO_BYTES, IFLA_MTU, 1500),
                mac.length == 6 ? Bytes.u48(mac, 0) : 0,
                new ArrayList<>(),
                new ArrayList<>());
    }

    private static @Nullable HostInterface byIndex(int index, List<HostInterface> all) {
        for (HostInterface one : all) {
            if (one.index() == index) return one;
        }
        return null;
    }

    private static void address(RouteReply r, List<HostInterface> all) {
        HostInterface of = byIndex(r.i32(4), all);
        byte[] own = r.attribute(IFADDR_BYTES, IFA_LOCAL); // else that of a peer
        if (own.length == 0) own = r.attribute(IFADDR_BYTES, IFA_ADDRESS);
        IpAddress address = address(own);
        if (of != null && address != null) {
            of.addresses().add(new InterfaceAddress(address, r.u8(1)));
        }
    }

    private static void route(RouteReply r, int family, List<HostInterface> all) {
        HostInterface of = byIndex(r.number(RTMSG_BYTES, RTA_OIF, 0), all);
        int table = r.number(RTMSG_BYTES, RTA_TABLE, r.u8(4));
        if (of == null || table != RT_TABLE_MAIN || r.u8(7) != RTN_UNICAST) return;
        if (r.u8(5) == RTPROT_KERNEL) return;
        IpAddress to = address(r.attribute(RTMSG_BYTES, RTA_DST));
        if (to == null) to = family == AF_INET ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        IpAddress gateway = address(r.attribute(RTMSG_BYTES, RTA_GATEWAY));
        int metric = r.number(RTMSG_BYTES, RTA_PRIORITY, 0);
        of.routes().add(new HostRoute(to, r.u8(1), gateway, metric));
    }

    private static @Nullable IpAddress address(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> IpAddress.v4(Bytes.i32(bytes, 0));
            case 16 -> new IpAddress(Bytes.i64(bytes, 0), Bytes.i64(bytes, 8));
            default -> null;
        };
    }

    /** The bytes of an address, and of what family it is. */
    static byte[] bytes(IpAddress address) {
        byte[] bytes = new byte[address.isV4() ? 4 : 16];
        if (address.isV4()) {
            Bytes.put32(bytes, 0, address.v4Bits());
        } else {
            Bytes.put64(bytes, 0, address.high());
            Bytes.put64(bytes, 8, address.low());
        }
        return bytes;
    }

    static int family(IpAddress address) {
        return address.isV4() ? AF_INET : AF_INET6;
    }
}
