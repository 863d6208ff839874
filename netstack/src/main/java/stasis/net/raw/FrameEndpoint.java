package stasis.net.raw;

import org.jspecify.annotations.Nullable;

import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.ip.FrameWatcher;
import stasis.net.ip.IpLayer;
import stasis.net.ip.Nic;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.EthernetHeader;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a packet socket stands on, packet(7): frames of one interface or of all. */
@Saved("net.FrameEndpoint")
public final class FrameEndpoint implements FrameWatcher {
    /** Frames of every protocol, ETH_P_ALL, and those that go out as well. */
    public static final int ALL = 0x0003;

    /** SO_RCVBUF. */
    public int receiveBytes = 212_992;

    private IpLayer ip;
    private int nicIndex;

    /** 0: none, the endpoint is for sending only. */
    private int protocol;

    private Deque<Frame> queue = new ArrayDeque<>();
    private int queuedCost;
    private long dropped;

    @NotSaved("whoever observes registers again")
    private Readiness.Observer observer = Readiness.Observer.NONE;

    @SuppressWarnings("NullAway.Init") // for a restore
    private FrameEndpoint() {}

    FrameEndpoint(IpLayer ip, int protocol) {
        this.ip = ip;
        this.protocol = protocol;
        watch();
    }

    /** {@code newNicIndex} 0: all interfaces that there are now. */
    public @Nullable NetError bind(int newNicIndex, int newProtocol) {
        if (newNicIndex != 0 && ip.nic(newNicIndex) == null) return NetError.NO_ROUTE;
        unwatch();
        nicIndex = newNicIndex;
        protocol = newProtocol;
        watch();
        return null;
    }

    private void watch() {
        for (Nic n : ip.nics()) {
            if (nicIndex == 0 || n.index() == nicIndex) n.watch(this);
        }
    }

    private void unwatch() {
        for (Nic n : ip.nics()) n.unwatch(this);
    }

    // ---- in ----

    @Override
    public void frame(Nic nic, PacketBuffer frame, boolean outgoing) {
        if (outgoing && protocol != ALL) return;
        int type = protocolOf(nic, frame);
        if (protocol != ALL && protocol != type) return;
        if (queuedCost > receiveBytes) {
            dropped++;
            return;
        }
        int header = nic.link().isEthernet() ? EthernetHeader.LENGTH : 0;
        Frame.Kind kind = outgoing ? Frame.Kind.OUTGOING : kindOf(nic, frame);
        long now = ip.context().now();
        Frame copy = new Frame(nic.index(), kind, type, header, now, frame.copy());
        queue.addLast(copy);
        queuedCost += copy.cost();
        observer.happened(Readiness.READABLE);
    }

    /** -1: too short to say. */
    private static int protocolOf(Nic nic, PacketBuffer frame) {
        byte[] b = frame.bytes();
        int at = frame.start();
        if (nic.link().isEthernet()) {
            boolean readable = EthernetHeader.isValid(at, frame.end());
            return readable ? EthernetHeader.type(b, at) : -1;
        }
        if (frame.length() == 0) return -1;
        return (b[at] & 0xf0) == 0x40 ? EthernetHeader.IPV4 : EthernetHeader.IPV6;
    }

    private static Frame.Kind kindOf(Nic nic, PacketBuffer frame) {
        if (!nic.link().isEthernet()) return Frame.Kind.HOST;
        if (!EthernetHeader.isValid(frame.start(), frame.end())) return Frame.Kind.OTHER_HOST;
        long to = EthernetHeader.destination(frame.bytes(), frame.start());
        if (to == nic.link().address()) return Frame.Kind.HOST;
        if (to == EthernetHeader.BROADCAST) return Frame.Kind.BROADCAST;
        return EthernetHeader.isGroup(to) ? Frame.Kind.MULTICAST : Frame.Kind.OTHER_HOST;
    }

    /** Null if none is there. With {@code peek} it stays. */
    public @Nullable Frame receive(boolean peek) {
        Frame f = peek ? queue.peekFirst() : queue.pollFirst();
        if (f != null && !peek) queuedCost -= f.cost();
        return f;
    }

    /** PACKET_STATISTICS: frames for which there was no room, since the last call. */
    public long takeDropped() {
        long n = dropped;
        dropped = 0;
        return n;
    }

    // ---- out ----

    /** A whole frame, with its link header where there is one. */
    public int send(MemorySegment from, long at, long count, int throughNic) {
        Nic nic = ip.nic(throughNic != 0 ? throughNic : nicIndex);
        if (nic == null || !nic.isUp()) return NetError.NO_ROUTE.asResult();
        int header = nic.link().isEthernet() ? EthernetHeader.LENGTH : 0;
        if (count < header) return NetError.INVALID.asResult();
        if (count > nic.mtu() + header) return NetError.MESSAGE_TOO_LONG.asResult();
        PacketBuffer p = ip.context().pool().take((int) count);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, p.bytes(), p.start(), (int) count);
        nic.sendFrame(p);
        return (int) count;
    }

    public void observe(Readiness.Observer newObserver) {
        observer = newObserver;
    }

    public int readiness() {
        return Readiness.WRITABLE | (queue.isEmpty() ? 0 : Readiness.READABLE);
    }

    public void close() {
        observer = Readiness.Observer.NONE;
        unwatch();
        queue.clear();
    }

    @AfterRestore
    private void watchAgain(Restoration restoration) {
        watch();
    }
}
