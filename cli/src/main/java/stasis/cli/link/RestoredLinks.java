package stasis.cli.link;

import stasis.kernel.net.Gateway;
import stasis.kernel.net.Network;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Nic;
import stasis.net.ip.Route;
import stasis.net.link.PacketLink;
import stasis.net.stack.NetStack;
import stasis.net.tcp.TcpEndpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes interfaces of an image those that are here now: with the same addresses connections go on;
 * those of addresses that are no longer here are reset. An interface without addresses here keeps
 * those of the image, for whoever took the image has left it so.
 */
final class RestoredLinks {
    private final Network network;
    private final List<TakenInterface> taken;
    private final boolean closeTcp;
    private final Consumer<String> notes;

    RestoredLinks(
            Network network, List<TakenInterface> taken, boolean closeTcp, Consumer<String> notes) {
        this.network = network;
        this.taken = taken;
        this.closeTcp = closeTcp;
        this.notes = notes;
    }

    void settle() {
        List<TakenInterface> fresh = new ArrayList<>(taken);
        try (var _ = network.enter()) {
            NetStack stack = network.stack();
            if (closeTcp) stack.tcp().resetConnections(_ -> true);
            for (Nic nic : List.copyOf(stack.ip().nics())) {
                if (!(nic.link() instanceof PacketLink link)) continue;
                TakenInterface now = HostLinks.named(taken, link.name());
                fresh.remove(now);
                if (now == null) cut(stack, nic);
                else replace(stack, nic, now.as());
            }
        }
        for (TakenInterface t : fresh) HostLinks.plug(network, t);
    }

    /** There is no such interface here. Its addresses stay: programs may be bound to them. */
    private void cut(NetStack stack, Nic nic) {
        notes.accept("interface " + nic.name() + " of the image is not here: it is down");
        nic.setUp(false);
        stack.tcp().resetConnections(e -> hasAddress(nic, e));
    }

    private static boolean hasAddress(Nic nic, TcpEndpoint e) {
        IpAddress own = e.localAddress();
        return nic.addresses().stream().anyMatch(a -> a.address().equals(own));
    }

    private void replace(NetStack stack, Nic nic, HostInterface now) {
        nic.setUp(true);
        if (!now.addresses().isEmpty()) {
            readdress(stack, nic, now);
            if (now.isUp()) reroute(stack.ip(), nic, now); // else there could be no routes
        }
        stack.moved(nic);
    }

    private void readdress(NetStack stack, Nic nic, HostInterface now) {
        IpLayer ip = stack.ip();
        List<InterfaceAddress> before = List.copyOf(nic.addresses());
        List<InterfaceAddress> added = new ArrayList<>(now.addresses());
        added.removeAll(before);
        for (InterfaceAddress a : before) {
            if (now.addresses().contains(a)) continue;
            IpAddress was = a.address();
            // while it is still here, so that peers hear of it
            stack.tcp().resetConnections(e -> e.localAddress().equals(was));
            ip.removeAddress(nic, was);
            added.stream()
                    .map(InterfaceAddress::address)
                    .filter(b -> b.isV4() == was.isV4() && b.isLinkLocal() == was.isLinkLocal())
                    .findFirst()
                    .ifPresent(b -> stack.readdressed(was, b));
        }
        for (InterfaceAddress a : added) ip.addAddress(nic, a);
    }

    private static void reroute(IpLayer ip, Nic nic, HostInterface now) {
        for (Route r : List.copyOf(ip.routes().all())) {
            boolean comesWithAddress = r.gateway() == null && r.source() != null;
            if (r.nic() == nic && !comesWithAddress) ip.routes().remove(r);
        }
        for (Gateway g : HostLinks.gateways(now)) {
            int bits = g.prefixLength();
            ip.routes().add(new Route(g.destination(), bits, g.gateway(), nic, null, g.metric()));
        }
    }
}
