package stasis.kernel.socket.netlink;

import static stasis.abi.Rtnetlink.IFA_ADDRESS;
import static stasis.abi.Rtnetlink.IFA_BROADCAST;
import static stasis.abi.Rtnetlink.IFA_CACHEINFO;
import static stasis.abi.Rtnetlink.IFA_FLAGS;
import static stasis.abi.Rtnetlink.IFA_F_PERMANENT;
import static stasis.abi.Rtnetlink.IFA_LABEL;
import static stasis.abi.Rtnetlink.IFA_LOCAL;
import static stasis.abi.Rtnetlink.RTM_NEWADDR;
import static stasis.abi.Rtnetlink.RT_SCOPE_HOST;
import static stasis.abi.Rtnetlink.RT_SCOPE_LINK;
import static stasis.abi.Rtnetlink.RT_SCOPE_UNIVERSE;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.AF_UNSPEC;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * RTM_GETADDR, RTM_NEWADDR and RTM_DELADDR, rtnetlink(7).
 *
 * <pre>
 * struct ifaddrmsg
 * offset  size  field
 *      0     1  ifa_family
 *      1     1  ifa_prefixlen
 *      2     1  ifa_flags
 *      3     1  ifa_scope
 *      4     4  ifa_index
 *      8        attributes
 * </pre>
 */
final class Addresses {
    private static final int HEADER = 8;

    private Addresses() {}

    static byte[] bytes(IpAddress address) {
        if (address.isV4()) return ByteBuffer.allocate(4).putInt(address.v4Bits()).array();
        return ByteBuffer.allocate(16).putLong(address.high()).putLong(address.low()).array();
    }

    /** Null if {@code data} is no address of that family. */
    static @Nullable IpAddress parse(byte @Nullable [] data, int family) {
        if (data == null) return null;
        ByteBuffer b = ByteBuffer.wrap(data);
        if (family == AF_INET && data.length == 4) return IpAddress.v4(b.getInt(0));
        if (family == AF_INET6 && data.length == 16) {
            return new IpAddress(b.getLong(0), b.getLong(8));
        }
        return null;
    }

    static int family(IpAddress address) {
        return address.isV4() ? AF_INET : AF_INET6;
    }

    // ---- asking ----

    /** Like Linux, all IPv4 addresses come before those of IPv6. */
    static void dump(Requests to, MessageReader request) {
        int wanted = request.u8(0);
        if (wanted == AF_UNSPEC || wanted == AF_INET) dump(to, request, AF_INET);
        if (wanted == AF_UNSPEC || wanted == AF_INET6) dump(to, request, AF_INET6);
    }

    private static void dump(Requests to, MessageReader request, int family) {
        int only = to.onlyNic(request, 4);
        for (Nic nic : to.stack().ip().nics()) {
            if (only != 0 && nic.index() != only) continue;
            for (InterfaceAddress a : nic.addresses()) {
                if (family(a.address()) == family) write(to, request, nic, a);
            }
        }
    }

    static int scope(IpAddress address) {
        if (address.isLoopback()) return RT_SCOPE_HOST;
        return address.isLinkLocal() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    }

    private static void write(Requests to, MessageReader request, Nic nic, InterfaceAddress a) {
        IpAddress address = a.address();
        byte[] bytes = bytes(address);
        MessageWriter m = to.begin(request, RTM_NEWADDR);
        m.u8(family(address)).u8(a.prefixLength()).u8(IFA_F_PERMANENT).u8(scope(address));
        m.u32(nic.index());
        m.attribute(IFA_ADDRESS, bytes);
        if (address.isV4()) {
            m.attribute(IFA_LOCAL, bytes);
            if (!nic.isLoopback() && a.prefixLength() < 31) {
                m.attribute(IFA_BROADCAST, bytes(broadcast(a)));
            }
            m.attribute(IFA_LABEL, nic.name());
        }
        m.attribute(IFA_FLAGS, IFA_F_PERMANENT);
        ByteBuffer lifetimes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        m.attribute(IFA_CACHEINFO, lifetimes.putInt(-1).putInt(-1).array());
        m.end();
    }

    private static IpAddress broadcast(InterfaceAddress a) {
        int hosts = -1 >>> a.prefixLength();
        return IpAddress.v4(a.address().v4Bits() | hosts);
    }

    // ---- changing ----

    private static InterfaceAddress named(MessageReader request) throws ErrnoException {
        request.require(HEADER);
        int family = request.u8(0);
        byte[] local = request.attribute(HEADER, IFA_LOCAL);
        if (local == null) local = request.attribute(HEADER, IFA_ADDRESS);
        IpAddress address = parse(local, family);
        int prefix = request.u8(1);
        if (address == null || prefix > (family == AF_INET ? 32 : 128)) throw Requests.invalid();
        return new InterfaceAddress(address, prefix);
    }

    private static Nic nic(Requests to, MessageReader request) throws ErrnoException {
        Nic nic = to.stack().ip().nic(request.u32(4));
        if (nic == null) throw Requests.error(Errno.ENODEV);
        return nic;
    }

    static void add(Requests to, MessageReader request) throws ErrnoException {
        InterfaceAddress added = named(request);
        Nic nic = nic(to, request);
        for (InterfaceAddress a : nic.addresses()) {
            if (a.address().equals(added.address())) throw Requests.error(Errno.EEXIST);
        }
        to.stack().ip().addAddress(nic, added);
    }

    static void remove(Requests to, MessageReader request) throws ErrnoException {
        InterfaceAddress gone = named(request);
        if (!to.stack().ip().removeAddress(nic(to, request), gone.address())) {
            throw Requests.error(Errno.EADDRNOTAVAIL);
        }
    }
}
