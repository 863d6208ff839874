package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

/**
 * A link to the world outside. A snapshot has its name, by which it finds a device again: packets
 * that are between the two are lost, as on a wire that was pulled out. Without a device nothing
 * comes in, and what is sent is lost.
 */
@Saved("net.PacketLink")
public final class PacketLink implements LinkEndpoint {
    /** Of the interface when it was first made. Never changes. */
    private String name;

    private PacketPool pool;
    private int mtu;
    private long address;

    @NotSaved("found again by name")
    private @Nullable PacketDevice device;

    @SuppressWarnings("NullAway.Init") // for a restore
    private PacketLink() {}

    public PacketLink(String name, PacketPool pool, PacketDevice device) {
        this.name = name;
        this.pool = pool;
        connect(device);
    }

    private void connect(PacketDevice to) {
        device = to;
        mtu = to.mtu();
        address = to.address();
    }

    public String name() {
        return name;
    }

    /** Whether there is anything at the other end. */
    public boolean isConnected() {
        return device != null;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public boolean isEthernet() {
        return address != 0;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public boolean send(PacketBuffer packet) {
        if (device != null) return device.send(packet);
        packet.release();
        return false;
    }

    @Override
    public void flush() {
        if (device != null) device.flush();
    }

    @Override
    public @Nullable PacketBuffer receive(long nowNanos) {
        return device == null ? null : device.receive(pool);
    }

    @AfterRestore
    private void reconnect(Restoration restoration) {
        PacketDevice found = restoration.resource(PacketDevices.class).device(name);
        if (found != null) connect(found);
    }
}
