package stasis.cli.link;

import static stasis.abi.NetIf.IFF_UP;
import static stasis.abi.Netlink.NLM_F_ACK;
import static stasis.abi.Rtnetlink.IFA_LOCAL;
import static stasis.abi.Rtnetlink.IFLA_AF_SPEC;
import static stasis.abi.Rtnetlink.IFLA_INET6_ADDR_GEN_MODE;
import static stasis.abi.Rtnetlink.IN6_ADDR_GEN_MODE_NONE;
import static stasis.abi.Rtnetlink.RTM_DELADDR;
import static stasis.abi.Rtnetlink.RTM_NEWLINK;
import static stasis.abi.Socket.AF_INET6;

import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.PacketSocket;
import stasis.net.ip.InterfaceAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes interfaces from a network namespace, as runsc does: their frames come here as well, and the
 * host gives up their addresses, so that it does not answer for the sandbox. Unlike runsc, one that
 * is down and has addresses is taken and then put up: until then the host answers nobody, who would
 * be told with a reset that connections of an image are no more.
 */
final class Takeover {
    /** What the host keeps for a sandbox that is behind: some tens of its largest frames. */
    private static final int BUFFER_BYTES = 16 << 20;

    private final Consumer<String> notes;

    /**
     * @param notes what is left where it is, and why
     */
    Takeover(Consumer<String> notes) {
        this.notes = notes;
    }

    /** In the namespace that the calling thread is in. */
    List<TakenInterface> take() throws HostException {
        List<TakenInterface> taken = new ArrayList<>();
        try (RouteSocket socket = RouteSocket.open()) {
            for (HostInterface one : new NamespaceView(socket).interfaces()) {
                if (one.isLoopback()) continue;
                if (!one.isUp() && one.addresses().isEmpty()) {
                    notes.accept("interface " + one.name() + " is down, and left where it is");
                } else if (!one.isEthernet()) {
                    notes.accept(
                            "interface "
                                    + one.name()
                                    + " has no Ethernet, and is left where it is");
                } else {
                    taken.add(take(socket, one));
                }
            }
        }
        return taken;
    }

    private static TakenInterface take(RouteSocket socket, HostInterface one) throws HostException {
        HostFd fd = PacketSocket.open(one.index(), BUFFER_BYTES);
        EthernetDevice device = new EthernetDevice(fd, one.mtu(), one.address());
        keepWithoutAddresses(socket, one);
        for (InterfaceAddress a : one.addresses()) remove(socket, one, a);
        if (!one.isUp()) {
            RouteMessage up = socket.message(RTM_NEWLINK, NLM_F_ACK);
            socket.change(up.link(one.index(), IFF_UP, IFF_UP), one.name() + " up");
        }
        return new TakenInterface(one, device);
    }

    /** The host is not to make a link-local address again when the cable is moved. */
    private static void keepWithoutAddresses(RouteSocket socket, HostInterface one)
            throws HostException {
        RouteMessage m = socket.message(RTM_NEWLINK, NLM_F_ACK).link(one.index(), 0, 0);
        int families = m.begin(IFLA_AF_SPEC);
        int v6 = m.begin(AF_INET6);
        m.attribute(IFLA_INET6_ADDR_GEN_MODE, new byte[] {IN6_ADDR_GEN_MODE_NONE});
        m.end(v6).end(families);
        try {
            socket.change(m, "addresses of " + one.name());
        } catch (HostException e) {
            if (e.errno() != EAFNOSUPPORT) throw e; // a host without IPv6
        }
    }

    private static final int EAFNOSUPPORT = 97;

    private static void remove(RouteSocket socket, HostInterface of, InterfaceAddress a)
            throws HostException {
        int family = NamespaceView.family(a.address());
        RouteMessage m =
                socket.message(RTM_DELADDR, NLM_F_ACK)
                        .address(family, a.prefixLength(), of.index())
                        .attribute(IFA_LOCAL, NamespaceView.bytes(a.address()));
        socket.change(m, "remove address " + a.address() + " of " + of.name());
    }
}
