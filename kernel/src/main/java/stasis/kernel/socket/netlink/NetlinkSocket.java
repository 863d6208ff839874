package stasis.kernel.socket.netlink;

import static stasis.abi.Errno.EADDRINUSE;
import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.ECONNREFUSED;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EMSGSIZE;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Netlink.NETLINK_ADD_MEMBERSHIP;
import static stasis.abi.Netlink.NETLINK_BROADCAST_ERROR;
import static stasis.abi.Netlink.NETLINK_CAP_ACK;
import static stasis.abi.Netlink.NETLINK_DROP_MEMBERSHIP;
import static stasis.abi.Netlink.NETLINK_EXT_ACK;
import static stasis.abi.Netlink.NETLINK_GET_STRICT_CHK;
import static stasis.abi.Netlink.NETLINK_NO_ENOBUFS;
import static stasis.abi.Netlink.NETLINK_PKTINFO;
import static stasis.abi.Netlink.SOL_NETLINK;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRBAND;
import static stasis.abi.Poll.POLLWRNORM;
import static stasis.abi.Socket.AF_NETLINK;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.MSG_TRUNC;
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
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;

/**
 * A socket of NETLINK_ROUTE. Unlike Linux, nobody hears of changes: a group can be joined, and
 * nothing comes.
 *
 * <pre>
 * struct sockaddr_nl
 * offset  size  field
 *      0     2  nl_family
 *      4     4  nl_pid
 *      8     4  nl_groups
 *     12        sizeof
 * </pre>
 */
@Saved("netlink.NetlinkSocket")
public final class NetlinkSocket extends SocketFile {
    private static final int ADDRESS = 12;

    /** More requests wait for an answer to be read than this: EAGAIN. */
    private static final int MAX_QUEUED_BYTES = 4 << 20;

    private static final int MAX_REQUEST = 1 << 20;

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    private Network network;
    private Inode inode;
    private int type;
    private int protocol;
    private SocketOptions options = new SocketOptions();

    /** Guarded by the network's lock, like all that follows. */
    private Deque<byte[]> answers = new ArrayDeque<>();

    private int queuedBytes;

    /** nl_pid; 0: not bound. */
    private int port;

    private int groups;
    private TreeMap<Integer, Integer> levelOptions = new TreeMap<>();

    @SuppressWarnings("NullAway.Init")
    private NetlinkSocket() {}

    public NetlinkSocket(Network network, Inode inode, int type, int protocol) {
        this.network = network;
        this.inode = inode;
        this.type = type;
        this.protocol = protocol;
    }

    @Override
    public int domain() {
        return AF_NETLINK;
    }

    @Override
    public int type() {
        return type;
    }

    @Override
    public int protocol() {
        return protocol;
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

    private static ByteBuffer parse(byte[] address) throws ErrnoException {
        if (address.length < ADDRESS) throw EINVAL.exception();
        ByteBuffer b = ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN);
        if (b.getShort(0) != AF_NETLINK) throw EINVAL.exception();
        return b;
    }

    @Override
    public void bind(Caller caller, byte[] address) throws ErrnoException {
        ByteBuffer b = parse(address);
        try (var _ = network.enter()) {
            claim(caller, b.getInt(4));
            groups = b.getInt(8);
        }
    }

    private void claim(Caller caller, int wanted) throws ErrnoException {
        if (port != 0) {
            if (wanted != 0 && wanted != port) throw EINVAL.exception();
            return;
        }
        int chosen = network.netlinkPorts().claim(wanted, caller.pid());
        if (chosen == 0) throw EADDRINUSE.exception();
        port = chosen;
    }

    @Override
    public void connect(Caller caller, byte[] address) throws ErrnoException {
        parse(address);
        try (var _ = network.enter()) {
            claim(caller, 0);
        }
    }

    private static byte[] name(int port, int groups) {
        ByteBuffer b = ByteBuffer.allocate(ADDRESS).order(ByteOrder.LITTLE_ENDIAN);
        return b.putShort(0, (short) AF_NETLINK).putInt(4, port).putInt(8, groups).array();
    }

    @Override
    public byte[] localAddress() {
        try (var _ = network.lock().hold()) {
            return name(port, groups);
        }
    }

    @Override
    public byte[] peerAddress() {
        return name(0, 0);
    }

    @Override
    public void release(Caller caller) {
        try (var _ = network.enter()) {
            network.netlinkPorts().release(port);
            port = 0;
            answers.clear();
        }
    }

    // ---- messages ----

    /** All requests of one message are answered before it returns. */
    @Override
    public long send(Caller caller, Outgoing out) throws SyscallException {
        if (out.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        byte[] address = out.address();
        if (address != null && parse(address).getInt(4) != 0) {
            throw ECONNREFUSED.exception();
        }
        if (out.length() > MAX_REQUEST) throw EMSGSIZE.exception();
        byte[] bytes = new byte[(int) out.length()];
        MemorySegment.copy(out.data(), ValueLayout.JAVA_BYTE, out.at(), bytes, 0, bytes.length);
        try (var _ = network.enter()) {
            if (queuedBytes > MAX_QUEUED_BYTES) throw EAGAIN.exception();
            claim(caller, 0);
            Requests requests = new Requests(network, caller, port, levelOptions);
            for (byte[] answer : requests.answer(bytes)) {
                answers.addLast(answer);
                queuedBytes += answer.length;
            }
        }
        waitQueue.wake(POLLIN | POLLRDNORM);
        return out.length();
    }

    @Override
    public long receive(Caller caller, Incoming in) throws SyscallException {
        if (in.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        byte[] answer;
        try (var _ = network.enter()) {
            byte[] first = in.peeks() ? answers.peekFirst() : answers.pollFirst();
            if (first == null) throw EAGAIN.exception();
            answer = first;
            if (!in.peeks()) queuedBytes -= answer.length;
        }
        int n = (int) Math.min(answer.length, in.length());
        MemorySegment.copy(answer, 0, in.to(), ValueLayout.JAVA_BYTE, in.at(), n);
        if (n < answer.length) in.outFlags |= MSG_TRUNC;
        in.fullLength = answer.length;
        in.address = name(0, 0);
        return n;
    }

    @Override
    public int readiness() {
        try (var _ = network.lock().hold()) {
            int events = POLLOUT | POLLWRNORM | POLLWRBAND;
            return answers.isEmpty() ? events : events | POLLIN | POLLRDNORM;
        }
    }

    // ---- options ----

    @Override
    public byte @Nullable [] option(int level, int name) throws ErrnoException {
        try (var _ = network.lock().hold()) {
            if (level == SOL_NETLINK) return levelOption(name);
            if (level != SOL_SOCKET) throw ENOPROTOOPT.exception();
            return switch (name) {
                case SO_TYPE -> SocketOptions.bytesOf(type);
                case SO_DOMAIN -> SocketOptions.bytesOf(AF_NETLINK);
                case SO_PROTOCOL -> SocketOptions.bytesOf(protocol);
                case SO_ERROR -> SocketOptions.bytesOf(0);
                default -> options.get(name);
            };
        }
    }

    private static boolean isFlag(int name) {
        return switch (name) {
            case NETLINK_PKTINFO,
                    NETLINK_BROADCAST_ERROR,
                    NETLINK_NO_ENOBUFS,
                    NETLINK_CAP_ACK,
                    NETLINK_EXT_ACK,
                    NETLINK_GET_STRICT_CHK ->
                    true;
            default -> false;
        };
    }

    private byte @Nullable [] levelOption(int name) {
        return isFlag(name) ? SocketOptions.bytesOf(levelOptions.getOrDefault(name, 0)) : null;
    }

    @Override
    public void setOption(Caller caller, int level, int name, byte[] value) throws ErrnoException {
        try (var _ = network.lock().hold()) {
            if (level == SOL_SOCKET) {
                options.set(caller, name, value);
                return;
            }
            if (level != SOL_NETLINK) throw ENOPROTOOPT.exception();
            int n = SocketOptions.integer(value);
            switch (name) {
                case NETLINK_ADD_MEMBERSHIP -> join(n, true);
                case NETLINK_DROP_MEMBERSHIP -> join(n, false);
                default -> {
                    if (!isFlag(name)) throw ENOPROTOOPT.exception();
                    levelOptions.put(name, n != 0 ? 1 : 0);
                }
            }
        }
    }

    /** Groups beyond 32 have no bit in the name. */
    private void join(int group, boolean member) throws ErrnoException {
        if (group <= 0) throw EINVAL.exception();
        if (group > Integer.SIZE) return;
        int bit = 1 << group - 1;
        groups = member ? groups | bit : groups & ~bit;
    }
}
