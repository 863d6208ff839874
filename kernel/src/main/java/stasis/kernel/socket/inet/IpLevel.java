package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.ENOTCONN;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Ip.IPV6_ADDR_PREFERENCES;
import static stasis.abi.Ip.IPV6_AUTOFLOWLABEL;
import static stasis.abi.Ip.IPV6_DONTFRAG;
import static stasis.abi.Ip.IPV6_FREEBIND;
import static stasis.abi.Ip.IPV6_MTU;
import static stasis.abi.Ip.IPV6_MTU_DISCOVER;
import static stasis.abi.Ip.IPV6_RECVERR;
import static stasis.abi.Ip.IPV6_RECVHOPLIMIT;
import static stasis.abi.Ip.IPV6_RECVPKTINFO;
import static stasis.abi.Ip.IPV6_RECVTCLASS;
import static stasis.abi.Ip.IPV6_TCLASS;
import static stasis.abi.Ip.IPV6_TRANSPARENT;
import static stasis.abi.Ip.IPV6_UNICAST_HOPS;
import static stasis.abi.Ip.IPV6_V6ONLY;
import static stasis.abi.Ip.IP_BIND_ADDRESS_NO_PORT;
import static stasis.abi.Ip.IP_FREEBIND;
import static stasis.abi.Ip.IP_HDRINCL;
import static stasis.abi.Ip.IP_MINTTL;
import static stasis.abi.Ip.IP_MTU;
import static stasis.abi.Ip.IP_MTU_DISCOVER;
import static stasis.abi.Ip.IP_OPTIONS;
import static stasis.abi.Ip.IP_PKTINFO;
import static stasis.abi.Ip.IP_PMTUDISC_DO;
import static stasis.abi.Ip.IP_PMTUDISC_DONT;
import static stasis.abi.Ip.IP_PMTUDISC_OMIT;
import static stasis.abi.Ip.IP_PMTUDISC_WANT;
import static stasis.abi.Ip.IP_RECVERR;
import static stasis.abi.Ip.IP_RECVOPTS;
import static stasis.abi.Ip.IP_RECVORIGDSTADDR;
import static stasis.abi.Ip.IP_RECVTOS;
import static stasis.abi.Ip.IP_RECVTTL;
import static stasis.abi.Ip.IP_RETOPTS;
import static stasis.abi.Ip.IP_TOS;
import static stasis.abi.Ip.IP_TRANSPARENT;
import static stasis.abi.Ip.IP_TTL;
import static stasis.abi.Socket.SOCK_RAW;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.SOL_IP;
import static stasis.abi.Socket.SOL_IPV6;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.socket.SocketOptions;
import stasis.net.SocketAddress;
import stasis.net.ip.SendOptions;
import stasis.state.Saved;

import java.util.TreeMap;

/** What setsockopt(2) keeps at the levels of ip(7) and ipv6(7). Guarded by the network's lock. */
@Saved("inet.IpLevel")
public final class IpLevel {
    /** Numbers by level and option, as far as the stack does not keep them. */
    private TreeMap<Integer, Integer> values = new TreeMap<>();

    IpLevel() {}

    /** What accept(2) gives to the new socket. */
    void copyFrom(IpLevel other) {
        values = new TreeMap<>(other.values);
    }

    private static int key(int level, int name) {
        return level << 16 | name;
    }

    private int value(int level, int name, int otherwise) {
        return values.getOrDefault(key(level, name), otherwise);
    }

    boolean isOn(int level, int name) {
        return value(level, name, 0) != 0;
    }

    boolean isV6Only() {
        return isOn(SOL_IPV6, IPV6_V6ONLY);
    }

    /** IP_RECVERR or IPV6_RECVERR. */
    boolean wantsErrors() {
        return isOn(SOL_IP, IP_RECVERR) || isOn(SOL_IPV6, IPV6_RECVERR);
    }

    // ---- IPPROTO_IP ----

    private static boolean isPlainV4(int name) {
        return switch (name) {
            case IP_PKTINFO,
                    IP_RECVTTL,
                    IP_RECVTOS,
                    IP_RECVERR,
                    IP_RECVOPTS,
                    IP_RETOPTS,
                    IP_RECVORIGDSTADDR,
                    IP_FREEBIND,
                    IP_TRANSPARENT,
                    IP_MINTTL,
                    IP_BIND_ADDRESS_NO_PORT ->
                    true;
            default -> false;
        };
    }

    byte @Nullable [] getV4(InetSocket s, int name) throws ErrnoException {
        SendOptions way = s.way();
        if (GroupLevel.isV4(name)) return GroupLevel.getV4(s, name);
        if (isPlainV4(name)) return SocketOptions.bytesOf(value(SOL_IP, name, 0));
        return switch (name) {
            case IP_TOS -> SocketOptions.bytesOf(way.trafficClass());
            case IP_TTL -> SocketOptions.bytesOf(way.hops());
            case IP_MTU_DISCOVER -> SocketOptions.bytesOf(value(SOL_IP, name, IP_PMTUDISC_WANT));
            case IP_MTU -> SocketOptions.bytesOf(pathMtu(s));
            case IP_HDRINCL -> {
                if (s.type() != SOCK_RAW) throw ENOPROTOOPT.exception();
                yield SocketOptions.bytesOf(s.headerIncluded() ? 1 : 0);
            }
            case IP_OPTIONS -> new byte[0];
            default -> null;
        };
    }

    private static int pathMtu(InetSocket s) throws ErrnoException {
        SocketAddress peer = s.remote();
        int mtu = peer == null ? 0 : s.stack().ip().mtuTo(peer.address(), s.way().nicIndex());
        if (mtu == 0) throw ENOTCONN.exception();
        return mtu;
    }

    /** Like Linux, a byte will do. */
    private static int shortInteger(byte[] value) throws ErrnoException {
        if (value.length >= 4) return SocketOptions.integer(value);
        if (value.length == 0) return 0;
        return value[0] & 0xff;
    }

    void setV4(InetSocket s, Caller caller, int name, byte[] value) throws ErrnoException {
        if (GroupLevel.isV4(name)) {
            GroupLevel.setV4(s, name, value);
            return;
        }
        if (name == IP_OPTIONS) {
            if (value.length > 0) throw EINVAL.exception();
            return;
        }
        int n = shortInteger(value);
        switch (name) {
            case IP_TOS -> s.setWay(s.way().withTrafficClass(tos(s, n)));
            case IP_TTL -> s.setWay(s.way().withHops(hops(n, 1)));
            case IP_MTU_DISCOVER -> discover(s, SOL_IP, name, n);
            case IP_MINTTL -> keep(SOL_IP, name, checkRange(n, 0, 255));
            case IP_HDRINCL -> {
                if (s.type() != SOCK_RAW || s.isV6()) throw ENOPROTOOPT.exception();
                s.includeHeader(n != 0);
            }
            case IP_TRANSPARENT -> {
                if (n != 0 && !isAdmin(caller)) throw EPERM.exception();
                keep(SOL_IP, name, n != 0 ? 1 : 0);
            }
            default -> {
                if (!isPlainV4(name)) throw ENOPROTOOPT.exception();
                keep(SOL_IP, name, n != 0 ? 1 : 0);
            }
        }
        s.optionsChanged();
    }

    private static boolean isAdmin(Caller caller) {
        return caller.credentials().has(Capability.CAP_NET_ADMIN)
                || caller.credentials().has(Capability.CAP_NET_RAW);
    }

    /** Linux: a connection's bits of congestion are its own. */
    private static int tos(InetSocket s, int n) {
        return s.type() == SOCK_STREAM ? n & 0xfc : n & 0xff;
    }

    private static int hops(int n, int least) throws ErrnoException {
        return n == -1 ? SendOptions.DEFAULT_HOPS : checkRange(n, least, 255);
    }

    private static int checkRange(int n, int least, int most) throws ErrnoException {
        if (n < least || n > most) throw EINVAL.exception();
        return n;
    }

    private void keep(int level, int name, int n) {
        values.put(key(level, name), n);
    }

    private void discover(InetSocket s, int level, int name, int n) throws ErrnoException {
        keep(level, name, checkRange(n, IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT));
        if (s.type() == SOCK_STREAM) return;
        boolean whole = n >= IP_PMTUDISC_DO && n != IP_PMTUDISC_OMIT;
        s.setWay(s.way().withMayFragment(!whole));
    }

    // ---- IPPROTO_IPV6 ----

    private static boolean isPlainV6(int name) {
        return switch (name) {
            case IPV6_V6ONLY,
                    IPV6_RECVPKTINFO,
                    IPV6_RECVHOPLIMIT,
                    IPV6_RECVTCLASS,
                    IPV6_RECVERR,
                    IPV6_DONTFRAG,
                    IPV6_FREEBIND,
                    IPV6_TRANSPARENT,
                    IPV6_ADDR_PREFERENCES,
                    IPV6_AUTOFLOWLABEL ->
                    true;
            default -> false;
        };
    }

    byte @Nullable [] getV6(InetSocket s, int name) throws ErrnoException {
        if (GroupLevel.isV6(name)) return GroupLevel.getV6(s, name);
        if (isPlainV6(name)) return SocketOptions.bytesOf(value(SOL_IPV6, name, 0));
        return switch (name) {
            case IPV6_TCLASS -> SocketOptions.bytesOf(s.way().trafficClass());
            case IPV6_UNICAST_HOPS -> SocketOptions.bytesOf(s.way().hops());
            case IPV6_MTU_DISCOVER ->
                    SocketOptions.bytesOf(value(SOL_IPV6, name, IP_PMTUDISC_WANT));
            case IPV6_MTU -> SocketOptions.bytesOf(pathMtu(s));
            default -> null;
        };
    }

    void setV6(InetSocket s, Caller caller, int name, byte[] value) throws ErrnoException {
        if (GroupLevel.isV6(name)) {
            GroupLevel.setV6(s, name, value);
            return;
        }
        int n = SocketOptions.integer(value);
        switch (name) {
            case IPV6_V6ONLY -> {
                // Like Linux: once there is a port it is decided
                if (s.local().port() != 0) throw EINVAL.exception();
                keep(SOL_IPV6, name, n != 0 ? 1 : 0);
            }
            case IPV6_TCLASS ->
                    s.setWay(s.way().withTrafficClass(n == -1 ? 0 : checkRange(n, 0, 255)));
            case IPV6_UNICAST_HOPS -> s.setWay(s.way().withHops(hops(n, 0)));
            case IPV6_MTU_DISCOVER -> discover(s, SOL_IPV6, name, n);
            case IPV6_TRANSPARENT -> {
                if (n != 0 && !isAdmin(caller)) throw EPERM.exception();
                keep(SOL_IPV6, name, n != 0 ? 1 : 0);
            }
            case IPV6_ADDR_PREFERENCES -> keep(SOL_IPV6, name, n);
            default -> {
                if (!isPlainV6(name)) throw ENOPROTOOPT.exception();
                keep(SOL_IPV6, name, n != 0 ? 1 : 0);
            }
        }
        s.optionsChanged();
    }
}
