package stasis.kernel.fs.proc;

import static stasis.abi.NetIf.ARPHRD_ETHER;

import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.IpCounters;
import stasis.net.ip.Neighbor;
import stasis.net.ip.Nic;
import stasis.net.ip.NicCounters;
import stasis.net.ip.Route;
import stasis.net.stack.NetStack;
import stasis.net.tcp.TcpCounters;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpState;
import stasis.net.udp.UdpCounters;

/** {@code /proc/net} beside its sockets. Precondition: the network's lock is held. */
final class NetText {
    private static final String DEV =
            "Inter-|   Receive                                                |  Transmit\n"
                    + " face |bytes    packets errs drop fifo frame compressed multicast|bytes "
                    + "   packets errs drop fifo colls carrier compressed\n";

    private static final int ROUTE_WIDTH = 127;

    /** RTF_UP, RTF_GATEWAY and RTF_HOST. */
    private static final int UP = 1;

    private static final int GATEWAY = 2;
    private static final int HOST = 4;

    /** IFA_F_PERMANENT. */
    private static final int PERMANENT = 0x80;

    /** ATF_COM and ATF_PERM. */
    private static final int COMPLETE = 2;

    private static final int ARP_PERMANENT = 4;

    private NetText() {}

    static String dev(NetStack stack) {
        StringBuilder text = new StringBuilder(DEV);
        for (Nic nic : stack.ip().nics()) {
            NicCounters c = nic.counters();
            text.append(
                    String.format(
                            "%6s: %7d %7d %4d    0    0     0          0         0 %8d %7d    0"
                                    + " %4d    0     0       0          0%n",
                            nic.name(),
                            c.receivedBytes,
                            c.receivedPackets,
                            c.receivedBad,
                            c.sentBytes,
                            c.sentPackets,
                            c.sentLost));
        }
        return text.toString();
    }

    /** The main table of IPv4. */
    static String route(NetStack stack) {
        StringBuilder text = new StringBuilder();
        String heading =
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU"
                        + "\tWindow\tIRTT";
        text.append(pad(heading)).append('\n');
        for (Route r : stack.ip().routes().all()) {
            if (!r.destination().isV4() || r.nic().isLoopback()) continue;
            int mask = r.prefixLength() == 0 ? 0 : -1 << (32 - r.prefixLength());
            IpAddress gateway = r.gateway();
            int flags = UP | (gateway != null ? GATEWAY : 0);
            String line =
                    String.format(
                            "%s\t%08X\t%08X\t%04X\t0\t0\t%d\t%08X\t0\t0\t0",
                            r.nic().name(),
                            Integer.reverseBytes(r.destination().v4Bits() & mask),
                            gateway == null ? 0 : Integer.reverseBytes(gateway.v4Bits()),
                            r.prefixLength() == 32 ? flags | HOST : flags,
                            r.metric(),
                            Integer.reverseBytes(mask));
            text.append(pad(line)).append('\n');
        }
        return text.toString();
    }

    private static String pad(String line) {
        return line + " ".repeat(Math.max(0, ROUTE_WIDTH - line.length()));
    }

    static String ifInet6(NetStack stack) {
        StringBuilder text = new StringBuilder();
        for (Nic nic : stack.ip().nics()) {
            for (InterfaceAddress a : nic.addresses()) {
                IpAddress address = a.address();
                if (address.isV4()) continue;
                int scope = address.isLoopback() ? 0x10 : address.isLinkLocal() ? 0x20 : 0;
                text.append(
                        String.format(
                                "%016x%016x %02x %02x %02x %02x %8s%n",
                                address.high(),
                                address.low(),
                                nic.index(),
                                a.prefixLength(),
                                scope,
                                PERMANENT,
                                nic.name()));
            }
        }
        return text.toString();
    }

    static String arp(NetStack stack) {
        StringBuilder text = new StringBuilder();
        text.append(
                "IP address       HW type     Flags       HW address            Mask     Device\n");
        for (Nic nic : stack.ip().nics()) {
            for (Neighbor n : nic.neighbors().all()) {
                if (n.address().isV4()) text.append(neighbor(nic, n));
            }
        }
        return text.toString();
    }

    private static String neighbor(Nic nic, Neighbor n) {
        int complete = n.link() != 0 ? COMPLETE : 0;
        boolean permanent = n.state() == Neighbor.Reachability.PERMANENT;
        StringBuilder link = new StringBuilder();
        for (int i = 40; i >= 0; i -= 8) {
            link.append(String.format("%02x", n.link() >>> i & 0xff));
            if (i > 0) link.append(':');
        }
        return String.format(
                "%-16s 0x%-10x0x%-10x%s     *        %s%n",
                n.address(),
                ARPHRD_ETHER,
                permanent ? complete | ARP_PERMANENT : complete,
                link,
                nic.name());
    }

    static String sockstat(NetStack stack, int sockets) {
        int timeWait = 0;
        int inUse = stack.tcp().listenerList().size();
        for (TcpEndpoint e : stack.tcp().connectionList()) {
            if (e.state() == TcpState.TIME_WAIT) timeWait++;
            else inUse++;
        }
        return "sockets: used "
                + sockets
                + "\nTCP: inuse "
                + inUse
                + " orphan 0 tw "
                + timeWait
                + " alloc "
                + inUse
                + " mem 0\nUDP: inuse "
                + stack.udp().endpoints().size()
                + " mem 0\nUDPLITE: inuse 0\nRAW: inuse "
                + stack.raw().endpoints().size()
                + "\nFRAG: inuse 0 memory 0\n";
    }

    /** Counters that are not kept are 0. */
    static String snmp(NetStack stack) {
        return ip(stack.ip().counters()) + tcp(stack) + udp(stack.udp().counters());
    }

    private static String ip(IpCounters c) {
        return "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams"
                + " InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes"
                + " ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates\n"
                + String.format(
                        "Ip: 2 64 %d %d %d 0 %d 0 %d %d 0 %d 0 0 %d 0 %d 0 %d%n",
                        c.received,
                        c.headerErrors,
                        c.addressErrors,
                        c.unknownProtocols,
                        c.delivered,
                        c.sent,
                        c.noRoutes,
                        c.reassembled,
                        c.fragmented,
                        c.fragmentsMade);
    }

    private static String tcp(NetStack stack) {
        TcpCounters c = stack.tcp().counters();
        return "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails"
                + " EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n"
                + String.format(
                        "Tcp: 1 200 120000 -1 %d %d %d %d %d %d %d %d %d %d 0%n",
                        c.activeOpens,
                        c.passiveOpens,
                        c.attemptsFailed,
                        c.establishedReset,
                        stack.tcp().connectionCount(),
                        c.received,
                        c.sent,
                        c.retransmitted,
                        c.receivedBad,
                        c.resetsSent);
    }

    private static String udp(UdpCounters c) {
        return "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors"
                + " InCsumErrors IgnoredMulti MemErrors\n"
                + String.format(
                        "Udp: %d %d %d %d %d 0 0 0 0%n",
                        c.received, c.noPort, c.bad + c.overflows, c.sent, c.overflows);
    }
}
