package stasis.kernel.socket.netlink;

import static stasis.abi.Rtnetlink.RTA_DST;
import static stasis.abi.Rtnetlink.RTA_GATEWAY;
import static stasis.abi.Rtnetlink.RTA_OIF;
import static stasis.abi.Rtnetlink.RTA_PREFSRC;
import static stasis.abi.Rtnetlink.RTA_PRIORITY;
import static stasis.abi.Rtnetlink.RTA_TABLE;
import static stasis.abi.Rtnetlink.RTM_F_CLONED;
import static stasis.abi.Rtnetlink.RTM_NEWROUTE;
import static stasis.abi.Rtnetlink.RTN_LOCAL;
import static stasis.abi.Rtnetlink.RTN_UNICAST;
import static stasis.abi.Rtnetlink.RTPROT_BOOT;
import static stasis.abi.Rtnetlink.RTPROT_KERNEL;
import static stasis.abi.Rtnetlink.RTPROT_UNSPEC;
import static stasis.abi.Rtnetlink.RT_SCOPE_HOST;
import static stasis.abi.Rtnetlink.RT_SCOPE_LINK;
import static stasis.abi.Rtnetlink.RT_SCOPE_UNIVERSE;
import static stasis.abi.Rtnetlink.RT_TABLE_LOCAL;
import static stasis.abi.Rtnetlink.RT_TABLE_MAIN;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.AF_UNSPEC;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Nic;
import stasis.net.ip.Route;

import java.util.ArrayList;
import java.util.List;

/**
 * RTM_GETROUTE, RTM_NEWROUTE and RTM_DELROUTE, rtnetlink(7).
 *
 * <pre>
 * struct rtmsg
 * offset  size  field             offset  size  field
 *      0     1  rtm_family             5     1  rtm_protocol
 *      1     1  rtm_dst_len            6     1  rtm_scope
 *      2     1  rtm_src_len            7     1  rtm_type
 *      3     1  rtm_tos                8     4  rtm_flags
 *      4     1  rtm_table             12        attributes
 * </pre>
 */
final class Routes {
    private static final int HEADER = 12;

    /** What Linux puts before routes of its own over IPv6. */
    private static final int V6_PRIORITY = 256;

    /** {@code include/uapi/linux/in_route.h}. */
    private static final int RTCF_LOCAL = 0x80000000;

    /** Of routes that users add over IPv6. */
    private static final int V6_USER_PRIORITY = 1024;

    private Routes() {}

    // ---- asking ----

    /** The table of one's own addresses comes last, as it does not matter to most. */
    static void dump(Requests to, MessageReader request) {
        int wanted = request.u8(0);
        if (wanted == AF_UNSPEC || wanted == AF_INET) dump(to, request, AF_INET);
        if (wanted == AF_UNSPEC || wanted == AF_INET6) dump(to, request, AF_INET6);
    }

    private static void dump(Requests to, MessageReader request, int family) {
        for (Route r : to.stack().ip().routes().all()) {
            if (Addresses.family(r.destination()) != family) continue;
            if (!r.nic().isLoopback()) writeMain(to, request, r);
        }
        for (Nic nic : to.stack().ip().nics()) {
            for (InterfaceAddress a : nic.addresses()) {
                if (Addresses.family(a.address()) != family) continue;
                int whole = family == AF_INET ? 32 : 128;
                boolean range = a.address().isLoopback() && a.prefixLength() < whole;
                if (range) writeLocal(to, request, nic, a.address(), a.prefixLength());
                writeLocal(to, request, nic, a.address(), whole);
            }
        }
    }

    private static boolean isOwn(Route r) {
        return r.gateway() == null && r.source() != null;
    }

    /** The network: an address without what names the host. */
    private static IpAddress network(IpAddress address, int prefixLength) {
        if (address.isV4()) {
            int mask = prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
            return IpAddress.v4(address.v4Bits() & mask);
        }
        long high = prefixLength >= 64 ? -1 : prefixLength == 0 ? 0 : -1L << (64 - prefixLength);
        long low = prefixLength <= 64 ? 0 : prefixLength == 128 ? -1 : -1L << (128 - prefixLength);
        return new IpAddress(address.high() & high, address.low() & low);
    }

    private static void writeMain(Requests to, MessageReader request, Route r) {
        boolean v4 = r.destination().isV4();
        boolean direct = r.gateway() == null;
        MessageWriter m = to.begin(request, RTM_NEWROUTE);
        m.u8(v4 ? AF_INET : AF_INET6).u8(r.prefixLength()).u8(0).u8(0).u8(RT_TABLE_MAIN);
        m.u8(isOwn(r) ? RTPROT_KERNEL : RTPROT_BOOT);
        m.u8(direct && v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE).u8(RTN_UNICAST).u32(0);
        m.attribute(RTA_TABLE, RT_TABLE_MAIN);
        if (r.prefixLength() > 0) {
            IpAddress network = network(r.destination(), r.prefixLength());
            m.attribute(RTA_DST, Addresses.bytes(network));
        }
        if (r.gateway() != null) m.attribute(RTA_GATEWAY, Addresses.bytes(r.gateway()));
        m.attribute(RTA_OIF, r.nic().index());
        if (v4 && isOwn(r) && r.source() != null) {
            m.attribute(RTA_PREFSRC, Addresses.bytes(r.source()));
        }
        int priority = priority(r, v4);
        if (priority != 0) m.attribute(RTA_PRIORITY, priority);
        m.end();
    }

    private static int priority(Route r, boolean v4) {
        if (v4 || r.metric() != 0) return r.metric();
        return isOwn(r) ? V6_PRIORITY : V6_USER_PRIORITY;
    }

    private static void writeLocal(
            Requests to, MessageReader request, Nic nic, IpAddress address, int prefixLength) {
        boolean v4 = address.isV4();
        MessageWriter m = to.begin(request, RTM_NEWROUTE);
        m.u8(v4 ? AF_INET : AF_INET6).u8(prefixLength).u8(0).u8(0).u8(RT_TABLE_LOCAL);
        m.u8(RTPROT_KERNEL).u8(v4 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE).u8(RTN_LOCAL).u32(0);
        m.attribute(RTA_TABLE, RT_TABLE_LOCAL);
        m.attribute(RTA_DST, Addresses.bytes(network(address, prefixLength)));
        if (v4) m.attribute(RTA_PREFSRC, Addresses.bytes(address));
        m.attribute(RTA_OIF, nic.index());
        m.end();
    }

    /** How a packet to RTA_DST would go. */
    static void get(Requests to, MessageReader request) throws ErrnoException {
        request.require(HEADER);
        int family = request.u8(0);
        IpAddress wanted = Addresses.parse(request.attribute(HEADER, RTA_DST), family);
        if (wanted == null) throw Requests.invalid();
        IpLayer ip = to.stack().ip();
        int through = request.number(HEADER, RTA_OIF, 0);
        Route r = ip.route(wanted, through);
        if (r == null) throw Requests.error(Errno.ENETUNREACH);
        boolean local = ip.isLocal(wanted);
        IpAddress source = ip.sourceFor(wanted, through);
        MessageWriter m = to.begin(request, RTM_NEWROUTE);
        m.u8(family).u8(family == AF_INET ? 32 : 128).u8(0).u8(0);
        // As in Linux as long as there are no rules, when both tables are one
        m.u8(RT_TABLE_MAIN)
                .u8(RTPROT_UNSPEC)
                .u8(RT_SCOPE_UNIVERSE)
                .u8(local ? RTN_LOCAL : RTN_UNICAST);
        m.u32(local ? RTM_F_CLONED | RTCF_LOCAL : RTM_F_CLONED);
        m.attribute(RTA_TABLE, RT_TABLE_MAIN);
        m.attribute(RTA_DST, Addresses.bytes(wanted));
        if (!local && r.gateway() != null) {
            m.attribute(RTA_GATEWAY, Addresses.bytes(r.gateway()));
        }
        m.attribute(RTA_OIF, r.nic().index());
        if (source != null) m.attribute(RTA_PREFSRC, Addresses.bytes(source));
        m.end();
    }

    // ---- changing ----

    private static Route named(Requests to, MessageReader request) throws ErrnoException {
        request.require(HEADER);
        int family = request.u8(0);
        int prefix = request.u8(1);
        if (family != AF_INET && family != AF_INET6) throw Requests.error(Errno.EAFNOSUPPORT);
        if (prefix > (family == AF_INET ? 32 : 128)) throw Requests.invalid();
        IpAddress destination = Addresses.parse(request.attribute(HEADER, RTA_DST), family);
        if (destination == null) {
            if (prefix != 0) throw Requests.invalid();
            destination = family == AF_INET ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        }
        IpAddress gateway = Addresses.parse(request.attribute(HEADER, RTA_GATEWAY), family);
        IpAddress source = Addresses.parse(request.attribute(HEADER, RTA_PREFSRC), family);
        Nic nic = nic(to, request, gateway);
        int metric = request.number(HEADER, RTA_PRIORITY, 0);
        return new Route(destination, prefix, gateway, nic, source, metric);
    }

    /** By name, or where the gateway is. */
    private static Nic nic(Requests to, MessageReader request, @Nullable IpAddress gateway)
            throws ErrnoException {
        int index = request.number(HEADER, RTA_OIF, 0);
        if (index == 0 && gateway == null) throw Requests.error(Errno.ENODEV);
        Nic nic = to.stack().ip().nic(index);
        if (index != 0 && nic == null) throw Requests.error(Errno.ENODEV);
        if (nic != null) return nic;
        Route way = gateway == null ? null : to.stack().ip().route(gateway, 0);
        if (way == null || way.gateway() != null) throw Requests.error(Errno.ENETUNREACH);
        return way.nic();
    }

    private static boolean isSame(Route a, Route b) {
        return a.prefixLength() == b.prefixLength()
                && network(a.destination(), a.prefixLength())
                        .equals(network(b.destination(), b.prefixLength()))
                && a.metric() == b.metric();
    }

    static void add(Requests to, MessageReader request) throws ErrnoException {
        Route added = named(to, request);
        for (Route r : to.stack().ip().routes().all()) {
            if (isSame(r, added)) throw Requests.error(Errno.EEXIST);
        }
        to.stack().ip().routes().add(added);
    }

    static void remove(Requests to, MessageReader request) throws ErrnoException {
        request.require(HEADER);
        int family = request.u8(0);
        int prefix = request.u8(1);
        IpAddress destination = Addresses.parse(request.attribute(HEADER, RTA_DST), family);
        IpAddress gateway = Addresses.parse(request.attribute(HEADER, RTA_GATEWAY), family);
        int index = request.number(HEADER, RTA_OIF, 0);
        List<Route> all = new ArrayList<>(to.stack().ip().routes().all());
        for (Route r : all) {
            if (Addresses.family(r.destination()) != family || r.prefixLength() != prefix) continue;
            if (index != 0 && r.nic().index() != index) continue;
            if (gateway != null && !gateway.equals(r.gateway())) continue;
            if (destination != null && !r.destination().hasPrefix(destination, prefix)) continue;
            to.stack().ip().routes().remove(r);
            return;
        }
        throw Requests.error(Errno.ESRCH);
    }
}
