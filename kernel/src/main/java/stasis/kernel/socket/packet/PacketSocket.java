package stasis.kernel.socket.packet;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EMSGSIZE;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Packet.ETH_HLEN;
import static stasis.abi.Packet.PACKET_ADD_MEMBERSHIP;
import static stasis.abi.Packet.PACKET_DROP_MEMBERSHIP;
import static stasis.abi.Packet.PACKET_STATISTICS;
import static stasis.abi.Packet.SOL_PACKET;
import static stasis.abi.Poll.POLLWRBAND;
import static stasis.abi.Socket.AF_PACKET;
import static stasis.abi.Socket.MSG_ERRQUEUE;
import static stasis.abi.Socket.MSG_TRUNC;
import static stasis.abi.Socket.SOCK_DGRAM;
import static stasis.abi.Socket.SOCK_RAW;
import static stasis.abi.Socket.SOL_SOCKET;
import static stasis.abi.Socket.SO_DOMAIN;
import static stasis.abi.Socket.SO_ERROR;
import static stasis.abi.Socket.SO_PROTOCOL;
import static stasis.abi.Socket.SO_TYPE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.kernel.net.Notice;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.net.NetError;
import stasis.net.ip.Nic;
import stasis.net.raw.Frame;
import stasis.net.raw.FrameEndpoint;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A packet socket: SOCK_RAW with link headers, SOCK_DGRAM without. On lo, which has no header in
 * the stack, a header of zeros is shown and taken off, as programs know it from Linux. Unlike
 * Linux: no rings, no filters, no fanout, sending is for SOCK_RAW only.
 */
@Saved("packet.PacketSocket")
public final class PacketSocket extends SocketFile {
    private static final int ETHER_TYPE = 12;

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    @NotSaved("made anew; has nothing to tell in a snapshot")
    private Notice notice;

    private Network network;
    private Inode inode;
    private int type;
    private SocketOptions options = new SocketOptions();

    /** Guarded by the network's lock, like all that follows. */
    private FrameEndpoint endpoint;

    private int protocol;
    private int nicIndex;
    private long received;
    private boolean released;

    @SuppressWarnings("NullAway.Init")
    private PacketSocket() {}

    private PacketSocket(
            Network network, Inode inode, int type, int protocol, FrameEndpoint endpoint) {
        this.network = network;
        this.inode = inode;
        this.type = type;
        this.protocol = protocol;
        this.endpoint = endpoint;
        this.notice = new Notice(network, waitQueue);
        endpoint.observe(notice);
    }

    /**
     * @param protocol as socket(2) has it: big-endian
     */
    public static PacketSocket open(Network network, Inode inode, int type, int protocol) {
        int number = Short.toUnsignedInt(Short.reverseBytes((short) protocol));
        try (var _ = network.enter()) {
            FrameEndpoint e = network.stack().raw().openFrames(number);
            return new PacketSocket(network, inode, type, number, e);
        }
    }

    @Override
    public int domain() {
        return AF_PACKET;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public int protocol() {
        return Short.toUnsignedInt(Short.reverseBytes((short) protocol));
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public SocketOptions options() {
        return options;
    }

    // ---- names ----

    @Override
    public void bind(Caller caller, byte[] address) throws ErrnoException {
        LinkAddress name = LinkAddress.parse(address);
        try (var _ = network.enter()) {
            int wanted = name.protocol() == 0 ? protocol : name.protocol();
            if (endpoint.bind(name.nicIndex(), wanted) != null) throw ENODEV.exception();
            protocol = wanted;
            nicIndex = name.nicIndex();
        }
    }

    @Override
    public byte[] localAddress() {
        try (var _ = network.lock().hold()) {
            return LinkAddress.ofSocket(protocol, network.stack().ip().nic(nicIndex));
        }
    }

    @Override
    public byte[] peerAddress() throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    @Override
    public void connect(Caller caller, byte[] address) throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    @Override
    public void release(Caller caller) {
        try (var _ = network.enter()) {
            if (released) return;
            released = true;
            endpoint.close();
        }
        waitQueue.wake(-1);
    }

    // ---- frames ----

    @Override
    public long send(Caller caller, Outgoing out) throws SyscallException {
        if (type != SOCK_RAW) throw EOPNOTSUPP.exception();
        byte[] address = out.address();
        int through = address == null ? 0 : LinkAddress.parse(address).nicIndex();
        try (var _ = network.enter()) {
            int index = through != 0 ? through : nicIndex;
            Nic nic = network.stack().ip().nic(index);
            if (nic == null) throw ENXIO.exception();
            int skip = nic.isLoopback() ? ETH_HLEN : 0;
            if (out.length() < ETH_HLEN) throw EINVAL.exception();
            int n = endpoint.send(out.data(), out.at() + skip, out.length() - skip, index);
            if (n >= 0) return out.length();
            boolean tooLong = NetError.of(n) == NetError.MESSAGE_TOO_LONG;
            throw (tooLong ? EMSGSIZE : ENXIO).exception();
        }
    }

    @Override
    public long receive(Caller caller, Incoming in) throws SyscallException {
        if (in.has(MSG_ERRQUEUE)) throw EAGAIN.exception();
        byte[] data;
        try (var _ = network.enter()) {
            Frame frame = endpoint.receive(in.peeks());
            if (frame == null) throw EAGAIN.exception();
            Nic nic = network.stack().ip().nic(frame.nicIndex());
            if (!in.peeks()) received++;
            data = visible(frame, nic);
            in.address = nic == null ? new byte[0] : LinkAddress.ofFrame(frame, nic);
        }
        int n = (int) Math.min(data.length, in.length());
        MemorySegment.copy(data, 0, in.to(), ValueLayout.JAVA_BYTE, in.at(), n);
        if (n < data.length) in.outFlags |= MSG_TRUNC;
        in.fullLength = data.length;
        return n;
    }

    private byte[] visible(Frame frame, @Nullable Nic nic) {
        byte[] data = frame.data();
        int header = Math.min(frame.headerLength(), data.length);
        if (type == SOCK_DGRAM) return java.util.Arrays.copyOfRange(data, header, data.length);
        if (nic == null || !nic.isLoopback()) return data;
        ByteBuffer b = ByteBuffer.allocate(ETH_HLEN + data.length);
        b.putShort(ETHER_TYPE, (short) frame.protocol()).put(ETH_HLEN, data);
        return b.array();
    }

    @Override
    public int readiness() {
        try (var _ = network.lock().hold()) {
            return Notice.pollEvents(endpoint.readiness()) | POLLWRBAND;
        }
    }

    // ---- options ----

    @Override
    public byte @Nullable [] option(int level, int name) throws ErrnoException {
        try (var _ = network.lock().hold()) {
            if (level == SOL_PACKET && name == PACKET_STATISTICS) return statistics();
            if (level != SOL_SOCKET) throw ENOPROTOOPT.exception();
            return switch (name) {
                case SO_TYPE -> SocketOptions.bytesOf(type);
                case SO_DOMAIN -> SocketOptions.bytesOf(AF_PACKET);
                case SO_PROTOCOL -> SocketOptions.bytesOf(protocol());
                case SO_ERROR -> SocketOptions.bytesOf(0);
                default -> options.get(name);
            };
        }
    }

    /** {@code struct tpacket_stats}: since the last call. */
    private byte[] statistics() {
        long dropped = endpoint.takeDropped();
        ByteBuffer b = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt((int) (received + dropped)).putInt((int) dropped);
        received = 0;
        return b.array();
    }

    @Override
    public void setOption(Caller caller, int level, int name, byte[] value) throws ErrnoException {
        try (var _ = network.lock().hold()) {
            if (level == SOL_SOCKET) {
                options.set(caller, name, value);
                endpoint.receiveBytes = options.receiveBuffer();
                return;
            }
            // A link shows what it shows: to ask for all of it changes nothing
            boolean member = name == PACKET_ADD_MEMBERSHIP || name == PACKET_DROP_MEMBERSHIP;
            if (level != SOL_PACKET || !member) throw ENOPROTOOPT.exception();
            if (value.length < 16) throw EINVAL.exception();
        }
    }

    @AfterRestore
    private void observeAgain(Restoration restoration) {
        notice = new Notice(network, waitQueue);
        if (!released) endpoint.observe(notice);
    }
}
