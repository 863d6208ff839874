package stasis.kernel.socket.netlink;

import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.NetIf.ARPHRD_ETHER;
import static stasis.abi.NetIf.ARPHRD_LOOPBACK;
import static stasis.abi.NetIf.ARPHRD_NONE;
import static stasis.abi.NetIf.IFF_LOOPBACK;
import static stasis.abi.NetIf.IFF_RUNNING;
import static stasis.abi.NetIf.IFF_UP;
import static stasis.abi.Rtnetlink.IFLA_ADDRESS;
import static stasis.abi.Rtnetlink.IFLA_BROADCAST;
import static stasis.abi.Rtnetlink.IFLA_CARRIER;
import static stasis.abi.Rtnetlink.IFLA_GROUP;
import static stasis.abi.Rtnetlink.IFLA_IFNAME;
import static stasis.abi.Rtnetlink.IFLA_LINKMODE;
import static stasis.abi.Rtnetlink.IFLA_MTU;
import static stasis.abi.Rtnetlink.IFLA_NUM_RX_QUEUES;
import static stasis.abi.Rtnetlink.IFLA_NUM_TX_QUEUES;
import static stasis.abi.Rtnetlink.IFLA_OPERSTATE;
import static stasis.abi.Rtnetlink.IFLA_PROMISCUITY;
import static stasis.abi.Rtnetlink.IFLA_QDISC;
import static stasis.abi.Rtnetlink.IFLA_STATS;
import static stasis.abi.Rtnetlink.IFLA_STATS64;
import static stasis.abi.Rtnetlink.IFLA_TXQLEN;
import static stasis.abi.Rtnetlink.RTM_NEWLINK;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.net.Interfaces;
import stasis.net.ip.Nic;
import stasis.net.ip.NicCounters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * RTM_GETLINK and what changes interfaces, rtnetlink(7).
 *
 * <pre>
 * struct ifinfomsg
 * offset  size  field
 *      0     1  ifi_family
 *      2     2  ifi_type       ARPHRD_*
 *      4     4  ifi_index
 *      8     4  ifi_flags      IFF_*
 *     12     4  ifi_change
 *     16        attributes
 * </pre>
 */
final class Links {
    private static final int HEADER = 16;

    /** IFF_LOWER_UP, which netdevice(7) does not have room for. */
    private static final int LOWER_UP = 1 << 16;

    /** IF_OPER_UNKNOWN, IF_OPER_DOWN and IF_OPER_UP. */
    private static final int UNKNOWN = 0;

    private static final int DOWN = 2;
    private static final int UP = 6;

    /** struct rtnl_link_stats64, and the 32-bit one: counters that are the same in both. */
    private static final int COUNTERS = 24;

    private Links() {}

    static void dump(Requests to, MessageReader request) {
        for (Nic nic : to.stack().ip().nics()) write(to, request, nic);
    }

    static void get(Requests to, MessageReader request) throws ErrnoException {
        write(to, request, named(to, request));
    }

    private static Nic named(Requests to, MessageReader request) throws ErrnoException {
        request.require(HEADER);
        int index = request.u32(4);
        byte[] name = request.attribute(HEADER, IFLA_IFNAME);
        if (index == 0 && name == null) throw Requests.invalid();
        Nic nic = index != 0 ? to.stack().ip().nic(index) : byName(to, name);
        if (nic == null) throw Requests.error(Errno.ENODEV);
        return nic;
    }

    private static @Nullable Nic byName(Requests to, byte @Nullable [] name) {
        if (name == null) return null;
        String text = new String(name, StandardCharsets.ISO_8859_1).split("\0", 2)[0];
        return Interfaces.named(to.stack(), text);
    }

    /** Unlike Linux, only IFF_UP can be changed, and no interface made. */
    static void set(Requests to, MessageReader request) throws ErrnoException {
        Nic nic = named(to, request);
        int change = request.u32(12);
        int flags = request.u32(8);
        if ((change & ~(IFF_UP | IFF_RUNNING | LOWER_UP)) != 0) throw EOPNOTSUPP.exception();
        if (request.attribute(HEADER, IFLA_MTU) != null) throw EOPNOTSUPP.exception();
        if ((change & IFF_UP) != 0) nic.setUp((flags & IFF_UP) != 0);
    }

    private static void write(Requests to, MessageReader request, Nic nic) {
        boolean ethernet = nic.link().isEthernet();
        int other = nic.isLoopback() ? ARPHRD_LOOPBACK : ARPHRD_NONE;
        MessageWriter m = to.begin(request, RTM_NEWLINK);
        m.u8(0).u8(0).u16(ethernet ? ARPHRD_ETHER : other);
        int flags = Interfaces.flags(nic);
        m.u32(nic.index()).u32(nic.isUp() ? flags | LOWER_UP : flags).u32(0);
        m.attribute(IFLA_IFNAME, nic.name())
                .attribute(IFLA_TXQLEN, Interfaces.QUEUE_LENGTH)
                .byteAttribute(IFLA_OPERSTATE, state(nic, flags))
                .byteAttribute(IFLA_LINKMODE, 0)
                .attribute(IFLA_MTU, nic.mtu())
                .attribute(IFLA_GROUP, 0)
                .attribute(IFLA_PROMISCUITY, 0)
                .attribute(IFLA_NUM_TX_QUEUES, 1)
                .attribute(IFLA_NUM_RX_QUEUES, 1)
                .byteAttribute(IFLA_CARRIER, nic.isUp() ? 1 : 0)
                .attribute(IFLA_QDISC, nic.isUp() ? "noqueue" : "noop");
        if (ethernet || nic.isLoopback()) {
            m.attribute(IFLA_ADDRESS, Interfaces.hardwareAddress(nic));
            m.attribute(IFLA_BROADCAST, broadcast(nic));
        }
        m.attribute(IFLA_STATS64, counters(nic.counters(), 8));
        m.attribute(IFLA_STATS, counters(nic.counters(), 4));
        m.end();
    }

    private static int state(Nic nic, int flags) {
        if (!nic.isUp()) return DOWN;
        return (flags & IFF_LOOPBACK) != 0 ? UNKNOWN : UP;
    }

    private static byte[] broadcast(Nic nic) {
        byte[] address = new byte[6];
        if (!nic.isLoopback()) java.util.Arrays.fill(address, (byte) -1);
        return address;
    }

    /** rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_ and tx_dropped. */
    private static byte[] counters(NicCounters c, int size) {
        ByteBuffer b = ByteBuffer.allocate(COUNTERS * size).order(ByteOrder.LITTLE_ENDIAN);
        long[] values = {
            c.receivedPackets,
            c.sentPackets,
            c.receivedBytes,
            c.sentBytes,
            c.receivedBad,
            0,
            0,
            c.sentLost
        };
        for (long v : values) {
            if (size == 8) b.putLong(v);
            else b.putInt((int) v);
        }
        return b.array();
    }
}
