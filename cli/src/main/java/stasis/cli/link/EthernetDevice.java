package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketDevice;
import stasis.net.link.PacketPool;

/**
 * An interface of the host, through a {@link stasis.host.PacketSocket}. Used by one thread at a
 * time, like the stack that it belongs to.
 */
final class EthernetDevice implements PacketDevice {
    private final int mtu;
    private final long address;
    private final HostFd fd;
    private final FrameReader reader;
    private final FrameWriter writer;

    /**
     * There may be something to receive: set by who waits for that, cleared by who finds nothing.
     */
    private volatile boolean ready = true;

    EthernetDevice(HostFd fd, int mtu, long address) throws HostException {
        this.mtu = mtu;
        this.address = address;
        this.fd = fd;
        this.reader = new FrameReader(fd);
        this.writer = new FrameWriter(fd);
    }

    HostFd fd() {
        return fd;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public boolean send(PacketBuffer packet) {
        return writer.add(packet);
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public @Nullable PacketBuffer receive(PacketPool pool) {
        if (!ready) return null; // a call of the host for every call of a program would be dear
        PacketBuffer p = reader.receive(pool);
        if (p == null) ready = false;
        return p;
    }

    /** The host has frames. */
    void becomeReady() {
        ready = true;
    }

    boolean isReady() {
        return ready;
    }

    /** Nothing goes in or out any more. */
    void close() {
        reader.close();
        writer.close();
        fd.close();
    }
}
