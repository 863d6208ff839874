package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EADDRNOTAVAIL;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Ip.IPV6_JOIN_GROUP;
import static stasis.abi.Ip.IPV6_LEAVE_GROUP;
import static stasis.abi.Ip.IPV6_MULTICAST_HOPS;
import static stasis.abi.Ip.IPV6_MULTICAST_IF;
import static stasis.abi.Ip.IPV6_MULTICAST_LOOP;
import static stasis.abi.Ip.IP_ADD_MEMBERSHIP;
import static stasis.abi.Ip.IP_DROP_MEMBERSHIP;
import static stasis.abi.Ip.IP_MULTICAST_IF;
import static stasis.abi.Ip.IP_MULTICAST_LOOP;
import static stasis.abi.Ip.IP_MULTICAST_TTL;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.socket.SocketOptions;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;
import stasis.net.udp.UdpEndpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Options of groups, ip(7) and ipv6(7), of sockets that can send to some. */
final class GroupLevel {
    private GroupLevel() {}

    static boolean isV4(int name) {
        return switch (name) {
            case IP_MULTICAST_IF,
                    IP_MULTICAST_LOOP,
                    IP_MULTICAST_TTL,
                    IP_ADD_MEMBERSHIP,
                    IP_DROP_MEMBERSHIP ->
                    true;
            default -> false;
        };
    }

    static boolean isV6(int name) {
        return switch (name) {
            case IPV6_MULTICAST_IF,
                    IPV6_MULTICAST_LOOP,
                    IPV6_MULTICAST_HOPS,
                    IPV6_JOIN_GROUP,
                    IPV6_LEAVE_GROUP ->
                    true;
            default -> false;
        };
    }

    private static UdpEndpoint groups(InetSocket s) throws ErrnoException {
        UdpEndpoint e = s.groups();
        if (e == null) throw ENOPROTOOPT.exception();
        return e;
    }

    static byte @Nullable [] getV4(InetSocket s, int name) throws ErrnoException {
        UdpEndpoint e = groups(s);
        return switch (name) {
            case IP_MULTICAST_IF -> addressOf(s, e.options.multicastNic);
            case IP_MULTICAST_LOOP -> SocketOptions.bytesOf(e.options.multicastLoop ? 1 : 0);
            case IP_MULTICAST_TTL -> SocketOptions.bytesOf(e.options.multicastHops);
            default -> null;
        };
    }

    private static byte[] addressOf(InetSocket s, int nicIndex) {
        Nic nic = s.stack().ip().nic(nicIndex);
        int address = 0;
        if (nic != null) {
            for (InterfaceAddress a : nic.addresses()) {
                if (address == 0 && a.address().isV4()) address = a.address().v4Bits();
            }
        }
        return ByteBuffer.allocate(4).putInt(address).array();
    }

    static byte @Nullable [] getV6(InetSocket s, int name) throws ErrnoException {
        UdpEndpoint e = groups(s);
        return switch (name) {
            case IPV6_MULTICAST_IF -> SocketOptions.bytesOf(e.options.multicastNic);
            case IPV6_MULTICAST_LOOP -> SocketOptions.bytesOf(e.options.multicastLoop ? 1 : 0);
            case IPV6_MULTICAST_HOPS -> SocketOptions.bytesOf(e.options.multicastHops);
            default -> null;
        };
    }

    static void setV4(InetSocket s, int name, byte[] value) throws ErrnoException {
        UdpEndpoint e = groups(s);
        switch (name) {
            case IP_MULTICAST_IF -> e.options.multicastNic = chosenNic(s, value);
            case IP_MULTICAST_LOOP -> e.options.multicastLoop = number(value) != 0;
            case IP_MULTICAST_TTL -> e.options.multicastHops = hops(number(value));
            case IP_ADD_MEMBERSHIP ->
                    NetErrors.check(e.joinGroup(groupV4(value), memberNic(s, value)));
            default -> NetErrors.check(e.leaveGroup(groupV4(value), memberNic(s, value)));
        }
    }

    private static int number(byte[] value) throws ErrnoException {
        if (value.length == 0) throw EINVAL.exception();
        return value.length >= 4 ? SocketOptions.integer(value) : value[0] & 0xff;
    }

    private static int hops(int n) throws ErrnoException {
        if (n < -1 || n > 255) throw EINVAL.exception();
        return n == -1 ? 1 : n;
    }

    /** {@code struct ip_mreq}: group, address of the interface; ip_mreqn: its number as well. */
    private static IpAddress groupV4(byte[] value) throws ErrnoException {
        if (value.length < 8) throw EINVAL.exception();
        IpAddress group = IpAddress.v4(ByteBuffer.wrap(value).getInt(0));
        if (!group.isMulticast()) throw EINVAL.exception();
        return group;
    }

    private static int memberNic(InetSocket s, byte[] value) throws ErrnoException {
        if (value.length >= 12) {
            int index = littleEndian(value, 8);
            if (index != 0) return checkedNic(s, index);
        }
        return nicOf(s, IpAddress.v4(ByteBuffer.wrap(value).getInt(4)), ENODEV.exception());
    }

    /** {@code struct in_addr}, ip_mreq or ip_mreqn. */
    private static int chosenNic(InetSocket s, byte[] value) throws ErrnoException {
        if (value.length < 4) throw EINVAL.exception();
        if (value.length >= 12) {
            int index = littleEndian(value, 8);
            if (index != 0) return checkedNic(s, index);
        }
        int at = value.length >= 8 ? 4 : 0;
        return nicOf(s, IpAddress.v4(ByteBuffer.wrap(value).getInt(at)), EADDRNOTAVAIL.exception());
    }

    private static int littleEndian(byte[] value, int at) {
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
    }

    private static int checkedNic(InetSocket s, int index) throws ErrnoException {
        if (s.stack().ip().nic(index) == null) throw ENODEV.exception();
        return index;
    }

    /** 0 for the unspecified address: any. */
    private static int nicOf(InetSocket s, IpAddress address, ErrnoException otherwise)
            throws ErrnoException {
        if (address.isAny()) return 0;
        for (Nic nic : s.stack().ip().nics()) {
            for (InterfaceAddress a : nic.addresses()) {
                if (a.address().equals(address)) return nic.index();
            }
        }
        throw otherwise;
    }

    static void setV6(InetSocket s, int name, byte[] value) throws ErrnoException {
        UdpEndpoint e = groups(s);
        switch (name) {
            case IPV6_MULTICAST_IF -> {
                int index = SocketOptions.integer(value);
                e.options.multicastNic = index == 0 ? 0 : checkedNic(s, index);
            }
            case IPV6_MULTICAST_LOOP -> {
                int on = SocketOptions.integer(value);
                if (on != 0 && on != 1) throw EINVAL.exception();
                e.options.multicastLoop = on != 0;
            }
            case IPV6_MULTICAST_HOPS -> e.options.multicastHops = hops(number(value));
            case IPV6_JOIN_GROUP ->
                    NetErrors.check(e.joinGroup(groupV6(value), memberNicV6(s, value)));
            default -> NetErrors.check(e.leaveGroup(groupV6(value), memberNicV6(s, value)));
        }
    }

    /** {@code struct ipv6_mreq}: group, number of the interface. */
    private static IpAddress groupV6(byte[] value) throws ErrnoException {
        if (value.length < 20) throw EINVAL.exception();
        ByteBuffer b = ByteBuffer.wrap(value);
        IpAddress group = new IpAddress(b.getLong(0), b.getLong(8));
        if (!group.isMulticast()) throw EINVAL.exception();
        return group;
    }

    private static int memberNicV6(InetSocket s, byte[] value) throws ErrnoException {
        int index = littleEndian(value, 16);
        return index == 0 ? 0 : checkedNic(s, index);
    }
}
