package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.kernel.net.Gateway;
import stasis.kernel.net.Network;
import stasis.net.link.PacketDevice;
import stasis.net.link.PacketDevices;
import stasis.net.link.PacketLink;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The interfaces that a sandbox has taken from the host. */
public final class HostLinks implements PacketDevices {
    private final List<TakenInterface> taken;

    private HostLinks(List<TakenInterface> taken) {
        this.taken = taken;
    }

    /** Of a sandbox that has only {@code lo}. */
    public static HostLinks none() {
        return new HostLinks(List.of());
    }

    /**
     * While there are rights.
     *
     * @param namespace its path, or empty for the one that this process is in
     * @param notes what is left where it is, and why
     */
    public static HostLinks take(String namespace, Consumer<String> notes) throws HostException {
        Takeover takeover = new Takeover(notes);
        if (namespace.isEmpty()) return new HostLinks(takeover.take());
        return new HostLinks(NetworkNamespace.in(namespace, takeover::take));
    }

    /** The end of a cable that was laid to the namespace of this process. */
    public static HostLinks take(OwnCable cable, Consumer<String> notes) throws HostException {
        cable.prepareOwnEnd();
        return take("", notes);
    }

    public boolean isEmpty() {
        return taken.isEmpty();
    }

    /** For a sandbox that begins. */
    public void plugInto(Network network) {
        for (TakenInterface t : taken) plug(network, t);
    }

    static void plug(Network network, TakenInterface t) {
        PacketLink link;
        try (var _ = network.enter()) {
            link = new PacketLink(t.as().name(), network.stack().context().pool(), t.device());
        }
        network.plug(t.as().name(), link, t.as().addresses(), gateways(t.as()));
    }

    static List<Gateway> gateways(HostInterface of) {
        List<Gateway> all = new ArrayList<>();
        for (HostRoute r : of.routes()) {
            all.add(new Gateway(r.destination(), r.prefixLength(), r.gateway(), r.metric()));
        }
        return all;
    }

    /** For a sandbox that was restored, whose links have found their devices by {@link #device}. */
    public void settleIn(Network network, boolean closeTcp, Consumer<String> notes) {
        new RestoredLinks(network, taken, closeTcp, notes).settle();
    }

    /** Of the same name. */
    @Override
    public @Nullable PacketDevice device(String name) {
        TakenInterface found = named(taken, name);
        return found == null ? null : found.device();
    }

    static @Nullable TakenInterface named(List<TakenInterface> all, String name) {
        for (TakenInterface t : all) {
            if (t.as().name().equals(name)) return t;
        }
        return null;
    }

    /** From here on what arrives is received. */
    public void start(Network network) {
        if (taken.isEmpty()) return;
        List<EthernetDevice> devices = new ArrayList<>();
        for (TakenInterface t : taken) devices.add(t.device());
        new LinkReader(network, devices).start();
    }
}
