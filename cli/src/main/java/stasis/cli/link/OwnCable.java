package stasis.cli.link;

import static stasis.abi.NetIf.IFF_UP;
import static stasis.abi.Netlink.NLM_F_ACK;
import static stasis.abi.Netlink.NLM_F_CREATE;
import static stasis.abi.Netlink.NLM_F_EXCL;
import static stasis.abi.Rtnetlink.IFA_ADDRESS;
import static stasis.abi.Rtnetlink.IFA_LOCAL;
import static stasis.abi.Rtnetlink.IFLA_IFNAME;
import static stasis.abi.Rtnetlink.IFLA_INFO_DATA;
import static stasis.abi.Rtnetlink.IFLA_INFO_KIND;
import static stasis.abi.Rtnetlink.IFLA_LINKINFO;
import static stasis.abi.Rtnetlink.IFLA_NET_NS_FD;
import static stasis.abi.Rtnetlink.RTA_GATEWAY;
import static stasis.abi.Rtnetlink.RTA_OIF;
import static stasis.abi.Rtnetlink.RTM_NEWADDR;
import static stasis.abi.Rtnetlink.RTM_NEWLINK;
import static stasis.abi.Rtnetlink.RTM_NEWROUTE;
import static stasis.abi.Rtnetlink.VETH_INFO_PEER;
import static stasis.abi.Socket.AF_INET;

import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.net.IpAddress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A network for one sandbox: a pair of interfaces, one end in its network namespace and one in the
 * host's, whose packets leave the host under the host's own addresses.
 *
 * <pre>
 *   sandbox  eth0 10.201.x.2/30 ── 10.201.x.1/30 stasisN  host ── NAT ──► wherever its routes lead
 * </pre>
 *
 * The number of the interface says which addresses. Nothing has to be taken down: the pair is gone
 * with the sandbox's namespace, the translation with the process that holds it ({@link Nat}). What
 * stays is that the host forwards packets of interfaces that have a default route.
 */
public final class OwnCable {
    private static final String PREFIX = "stasis";

    /** 10.201.0.0/16 in pieces of four addresses. */
    private static final int FIRST = 10 << 24 | 201 << 16;

    private static final int MOST = 1 << 14;
    private static final int EEXIST = 17;

    private final int number;

    private OwnCable(int number) {
        this.number = number;
    }

    /** As its other end is told. */
    public static OwnCable numbered(int number) {
        return new OwnCable(number);
    }

    public int number() {
        return number;
    }

    private IpAddress hostAddress() {
        return IpAddress.v4(FIRST + 4 * number + 1);
    }

    private IpAddress ownAddress() {
        return IpAddress.v4(FIRST + 4 * number + 2);
    }

    private String hostName() {
        return PREFIX + number;
    }

    // ---- the host's end, by a process in the host's namespaces

    /** Lays one that nobody has yet to the network namespace of a process. */
    public static OwnCable lay(long pid) throws HostException, IOException {
        try (HostFd there = NetworkNamespace.open("/proc/" + pid + "/ns/net");
                RouteSocket socket = RouteSocket.open()) {
            for (int n = 0; n < MOST; n++) {
                OwnCable cable = new OwnCable(n);
                if (!cable.make(socket, there)) continue;
                cable.connect(socket);
                return cable;
            }
        }
        throw new IOException("there are " + MOST + " networks of sandboxes already");
    }

    /** False if somebody else has this one. */
    private boolean make(RouteSocket socket, HostFd there) throws HostException {
        RouteMessage m =
                socket.message(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)
                        .link(0, IFF_UP, IFF_UP)
                        .attribute(IFLA_IFNAME, hostName());
        int info = m.begin(IFLA_LINKINFO);
        m.attribute(IFLA_INFO_KIND, "veth");
        int data = m.begin(IFLA_INFO_DATA);
        int peer = m.begin(VETH_INFO_PEER);
        m.link(0, 0, 0).attribute(IFLA_IFNAME, "eth0");
        m.attribute(IFLA_NET_NS_FD, there.number());
        m.end(peer).end(data).end(info);
        try {
            socket.change(m, "make interface " + hostName());
            return true;
        } catch (HostException e) {
            if (e.errno() == EEXIST) return false;
            throw e;
        }
    }

    private void connect(RouteSocket socket) throws HostException, IOException {
        List<HostInterface> all = new NamespaceView(socket).interfaces();
        for (HostInterface one : all) {
            if (one.name().equals(hostName())) {
                addAddress(socket, one.index(), hostAddress());
                forward(one.name());
            } else if (one.routes().stream().anyMatch(r -> r.prefixLength() == 0)) {
                forward(one.name());
            }
        }
        Nat.hold(hostName(), FIRST + 4 * number);
    }

    /** {@code Documentation/networking/ip-sysctl.rst}: what comes in there may leave elsewhere. */
    private static void forward(String name) throws IOException {
        Path file = Path.of("/proc/sys/net/ipv4/conf", name, "forwarding");
        if (!Files.readString(file).strip().equals("1")) Files.writeString(file, "1");
    }

    private static void addAddress(RouteSocket socket, int index, IpAddress address)
            throws HostException {
        byte[] bytes = NamespaceView.bytes(address);
        RouteMessage m =
                socket.message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL)
                        .address(AF_INET, 30, index)
                        .attribute(IFA_LOCAL, bytes)
                        .attribute(IFA_ADDRESS, bytes);
        socket.change(m, "add address " + address);
    }

    // ---- the sandbox's end

    /** Makes {@code eth0} of the calling thread's namespace ready to be taken. */
    void prepareOwnEnd() throws HostException {
        try (RouteSocket socket = RouteSocket.open()) {
            for (HostInterface one : new NamespaceView(socket).interfaces()) {
                if (!one.name().equals("eth0")) continue;
                RouteMessage up = socket.message(RTM_NEWLINK, NLM_F_ACK);
                socket.change(up.link(one.index(), IFF_UP, IFF_UP), "eth0 up");
                addAddress(socket, one.index(), ownAddress());
                RouteMessage route = socket.message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE);
                route.route(AF_INET, 0).attribute(RTA_OIF, one.index());
                route.attribute(RTA_GATEWAY, NamespaceView.bytes(hostAddress()));
                socket.change(route, "route of eth0");
            }
        }
    }
}
