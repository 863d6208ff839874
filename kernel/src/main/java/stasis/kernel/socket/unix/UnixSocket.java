package stasis.kernel.socket.unix;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.ENOTCONN;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Ioctls.SIOCATMARK;
import static stasis.abi.Ioctls.SIOCINQ;
import static stasis.abi.Ioctls.SIOCOUTQ;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDHUP;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRBAND;
import static stasis.abi.Poll.POLLWRNORM;
import static stasis.abi.Socket.AF_UNIX;
import static stasis.abi.Socket.MSG_ERRQUEUE;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.SHUT_RD;
import static stasis.abi.Socket.SHUT_RDWR;
import static stasis.abi.Socket.SHUT_WR;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.SOL_SOCKET;
import static stasis.abi.Socket.SO_ACCEPTCONN;
import static stasis.abi.Socket.SO_COOKIE;
import static stasis.abi.Socket.SO_DOMAIN;
import static stasis.abi.Socket.SO_ERROR;
import static stasis.abi.Socket.SO_PEERCRED;
import static stasis.abi.Socket.SO_PROTOCOL;
import static stasis.abi.Socket.SO_TYPE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Attachment;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What the three types of UNIX sockets have in common: name, options, queue, shutdown. */
@SavedKind
public abstract class UnixSocket extends SocketFile implements Attachment {
    static final int RECEIVE_SHUT = 1;
    static final int SEND_SHUT = 2;
    static final int READABLE = POLLIN | POLLRDNORM;
    static final int WRITABLE = POLLOUT | POLLWRNORM | POLLWRBAND;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    final RankedLock lock = new RankedLock(LockRank.SOCKET);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    private Inode inode;

    /** SOCK_*. */
    private int type;

    private SocketOptions options = new SocketOptions();

    /** Guarded by {@link #lock}, like all that follows. */
    Inbox inbox = new Inbox();

    /** RECEIVE_SHUT, SEND_SHUT. Also read without the lock. */
    volatile int shut;

    /** Where sends go. Also read without the lock. */
    volatile @Nullable UnixSocket peer;

    /** errno of SO_ERROR. */
    int error;

    boolean closed;

    /** {@code struct sockaddr_un} without trailing NUL beyond the first; null if it has no name. */
    private byte @Nullable [] name;

    /** The file of the name. */
    private @Nullable Inode nameInode;

    PeerCredentials peerCredentials = PeerCredentials.NOBODY;

    @SuppressWarnings("NullAway.Init")
    UnixSocket() {}

    UnixSocket(Inode inode, int type) {
        this.inode = inode;
        this.type = type;
    }

    @Override
    public final int domain() {
        return AF_UNIX;
    }

    @Override
    public final int type() {
        return type;
    }

    @Override
    public final int protocol() {
        return 0;
    }

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public final SocketOptions options() {
        return options;
    }

    final UnixNames names() {
        return UnixNames.of(inode.filesystem().vfs());
    }

    // ---- names ----

    @Override
    public final void bind(Caller caller, byte[] address) throws SyscallException {
        UnixAddress.check(address);
        if (isNamed()) throw EINVAL.exception();
        if (UnixAddress.isUnnamed(address)) {
            setName(UnixAddress.ofAbstract(names().bindAutomatically(this)), null);
        } else if (UnixAddress.isAbstract(address)) {
            names().bind(UnixAddress.abstractName(address), this);
            setName(address.clone(), null);
        } else {
            String path = UnixAddress.path(address);
            setName(UnixAddress.ofPath(path), UnixNames.make(caller, path, this));
        }
    }

    private boolean isNamed() {
        try (var _ = lock.hold()) {
            return name != null;
        }
    }

    private void setName(byte[] address, @Nullable Inode file) {
        try (var _ = lock.hold()) {
            name = address;
            nameInode = file;
        }
        if (file != null) file.opened();
    }

    /** Takes the name of the listening socket, without being found by it. */
    final void copyName(UnixSocket listener) {
        name = listener.name;
    }

    /** Empty if it has none. */
    final byte[] nameOrEmpty() {
        byte[] known = name;
        return known == null ? new byte[0] : known;
    }

    @Override
    public final byte[] localAddress() {
        byte[] known = name;
        return known == null ? UnixAddress.unnamed() : known;
    }

    @Override
    public final byte[] peerAddress() throws ErrnoException {
        UnixSocket other = peer;
        if (other == null) throw ENOTCONN.exception();
        return other.localAddress();
    }

    private void giveUpName() {
        byte[] known = name;
        Inode file = nameInode;
        if (file != null) {
            file.detach();
            file.closed();
        } else if (known != null && UnixAddress.isAbstract(known)) {
            names().unbind(UnixAddress.abstractName(known), this);
        }
    }

    // ---- shutdown and close ----

    @Override
    public final void shutdown(int how) throws ErrnoException {
        int mine =
                switch (how) {
                    case SHUT_RD -> RECEIVE_SHUT;
                    case SHUT_WR -> SEND_SHUT;
                    case SHUT_RDWR -> RECEIVE_SHUT | SEND_SHUT;
                    default -> throw EINVAL.exception();
                };
        addShut(mine);
        UnixSocket other = peer;
        if (other != null && pairsShutdown()) {
            other.addShut((mine & 1) << 1 | (mine & 2) >> 1);
        }
    }

    /** True if the peer finds the opposite direction shut (connections). */
    abstract boolean pairsShutdown();

    final void addShut(int more) {
        try (var _ = lock.hold()) {
            shut |= more;
        }
        waitQueue.wake(-1);
    }

    @Override
    public final void release(Caller caller) {
        List<UnixMessage> unread;
        try (var _ = lock.hold()) {
            closed = true;
            shut = RECEIVE_SHUT | SEND_SHUT;
            unread = inbox.clear();
        }
        giveUpName();
        leavePeer(!unread.isEmpty());
        List<FileDescription> files = new ArrayList<>();
        for (UnixMessage m : unread) files.addAll(m.takeFiles());
        names().landed(files.size());
        closePending(caller);
        names().bury(caller, files);
        waitQueue.wake(-1);
    }

    /** The connection, if any, is over. */
    abstract void leavePeer(boolean unreadData);

    /** Connections that nobody has accepted end. */
    void closePending(Caller caller) {}

    // ---- sending ----

    /** The message as it goes into a queue, with references of its own. */
    final UnixMessage message(Outgoing out, int length) throws ErrnoException {
        byte[] data = new byte[length];
        MemorySegment.copy(out.data(), out.at(), MemorySegment.ofArray(data), 0, length);
        names().launch(out.files().size());
        List<FileDescription> files = new ArrayList<>(out.files().size());
        for (FileDescription f : out.files()) files.add(f.acquire());
        return new UnixMessage(data, out.credentials(), files, nameOrEmpty());
    }

    /** Nothing is urgent here, and no error has a queue. */
    static void checkFlags(Incoming in) throws ErrnoException {
        if (in.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        if (in.has(MSG_ERRQUEUE)) throw EAGAIN.exception();
    }

    /** A message that did not get anywhere. */
    final void takeBack(Caller caller, UnixMessage message) {
        List<FileDescription> files = message.takeFiles();
        names().landed(files.size());
        UnixMessage.release(caller, files);
    }

    /** Room in the queue of {@code receiver}, whose lock is held. */
    final int roomLocked(UnixSocket receiver) {
        return options.sendBuffer() - receiver.inbox.charge();
    }

    // ---- readiness ----

    /** What all types tell, connections or not. */
    final int commonReadinessLocked() {
        int events = 0;
        if (error != 0) events |= POLLERR;
        if (shut == (RECEIVE_SHUT | SEND_SHUT)) events |= POLLHUP;
        if ((shut & RECEIVE_SHUT) != 0) events |= POLLRDHUP | READABLE;
        if (!inbox.isEmpty()) events |= READABLE;
        return events;
    }

    // ---- options ----

    boolean listening() {
        return false;
    }

    @Override
    public final byte @Nullable [] option(int level, int option) throws ErrnoException {
        if (level != SOL_SOCKET) throw EOPNOTSUPP.exception();
        try (var _ = lock.hold()) {
            return switch (option) {
                case SO_TYPE -> SocketOptions.bytesOf(type);
                case SO_DOMAIN -> SocketOptions.bytesOf(AF_UNIX);
                case SO_PROTOCOL -> SocketOptions.bytesOf(0);
                case SO_ACCEPTCONN -> SocketOptions.bytesOf(listening() ? 1 : 0);
                case SO_ERROR -> {
                    int told = error;
                    error = 0;
                    yield SocketOptions.bytesOf(told);
                }
                case SO_COOKIE -> words(8).putLong(inode.ino()).array();
                case SO_PEERCRED ->
                        words(PeerCredentials.BYTES)
                                .putInt(peerCredentials.pid())
                                .putInt(peerCredentials.uid())
                                .putInt(peerCredentials.gid())
                                .array();
                default -> options.get(option);
            };
        }
    }

    private static ByteBuffer words(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public final void setOption(Caller caller, int level, int option, byte[] value)
            throws ErrnoException {
        if (level != SOL_SOCKET) throw EOPNOTSUPP.exception();
        switch (option) {
            case SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_ERROR, SO_PEERCRED ->
                    throw ENOPROTOOPT.exception();
            default -> {
                try (var _ = lock.hold()) {
                    options.set(caller, option, value);
                }
            }
        }
    }

    @Override
    public final long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        int value =
                switch (request) {
                    case SIOCINQ -> unread();
                    case SIOCOUTQ -> unreadByPeer();
                    case SIOCATMARK -> 0;
                    default -> throw ENOTTY.exception();
                };
        caller.memory().writeInt(arg, value);
        return 0;
    }

    /** Like Linux: all bytes of a stream, the next message of others. */
    private int unread() throws ErrnoException {
        try (var _ = lock.hold()) {
            if (listening()) throw EINVAL.exception();
            UnixMessage first = inbox.first();
            if (first == null) return 0;
            return type == SOCK_STREAM ? inbox.bytes() : first.left();
        }
    }

    private int unreadByPeer() {
        UnixSocket other = peer;
        if (other == null) return 0;
        try (var _ = other.lock.hold()) {
            return other.inbox.bytes();
        }
    }
}
