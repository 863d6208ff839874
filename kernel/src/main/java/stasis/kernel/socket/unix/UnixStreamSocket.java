package stasis.kernel.socket.unix;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.ECONNREFUSED;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISCONN;
import static stasis.abi.Errno.EMSGSIZE;
import static stasis.abi.Errno.ENOTCONN;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Errno.EPROTOTYPE;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.SOMAXCONN;
import static stasis.abi.Socket.SO_PASSCRED;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.Pollable;
import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** SOCK_STREAM and SOCK_SEQPACKET: connections. */
@Saved("unix.UnixStreamSocket")
public final class UnixStreamSocket extends UnixSocket {
    /** A send copies at most that much at a time. */
    private static final int PIECE = 1 << 16;

    /** Connections to accept. Guarded by {@link #lock}, like all that follows. */
    private Deque<UnixStreamSocket> pending = new ArrayDeque<>();

    private boolean listens;
    private int backlog;

    /** It was connected once; stays so after the peer has gone. */
    private boolean connected;

    private UnixStreamSocket() {}

    public UnixStreamSocket(Inode inode, int type) {
        super(inode, type);
    }

    /** socketpair(2). Precondition: both are new. */
    public static void join(Caller caller, UnixStreamSocket a, UnixStreamSocket b) {
        PeerCredentials who = PeerCredentials.effective(caller);
        a.connectTo(b, who);
        b.connectTo(a, who);
    }

    private void connectTo(UnixStreamSocket other, PeerCredentials who) {
        peer = other;
        peerCredentials = who;
        connected = true;
    }

    @Override
    boolean listening() {
        return listens;
    }

    @Override
    boolean pairsShutdown() {
        return true;
    }

    // ---- connections ----

    @Override
    public void listen(Caller caller, int wanted) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (connected || nameOrEmpty().length == 0) throw EINVAL.exception();
            listens = true;
            backlog = wanted < 0 || wanted > SOMAXCONN ? SOMAXCONN : wanted;
            peerCredentials = PeerCredentials.effective(caller);
        }
        waitQueue().wake(WRITABLE);
    }

    @Override
    public void connect(Caller caller, byte[] address) throws SyscallException {
        UnixStreamSocket listener = listener(caller, address);
        Inode inode = AnonymousFilesystem.newSocket(inode().filesystem().vfs(), caller);
        UnixStreamSocket accepted = new UnixStreamSocket(inode, type());
        try (var _ = lock.hold()) {
            if (listens) throw EINVAL.exception();
            if (connected) throw EISCONN.exception();
            try (var _ = listener.lock.holdSecond()) {
                listener.checkRoomLocked();
                accepted.connectTo(this, PeerCredentials.effective(caller));
                accepted.copyName(listener);
                accepted.options().copyFrom(listener.options());
                listener.pending.add(accepted);
                connectTo(accepted, listener.peerCredentials);
            }
        }
        listener.waitQueue().wake(READABLE);
        waitQueue().wake(WRITABLE);
    }

    private UnixStreamSocket listener(Caller caller, byte[] address) throws ErrnoException {
        UnixSocket found = names().find(caller, address);
        if (found.type() != type()) throw EPROTOTYPE.exception();
        if (found == this) throw EINVAL.exception();
        if (found instanceof UnixStreamSocket stream) return stream;
        throw EPROTOTYPE.exception();
    }

    private void checkRoomLocked() throws ErrnoException {
        if (!listens || closed || (shut & RECEIVE_SHUT) != 0) throw ECONNREFUSED.exception();
        if (pending.size() > backlog) throw EAGAIN.exception();
    }

    @Override
    public Pollable connecting(Caller caller, byte[] address) throws SyscallException {
        return listener(caller, address);
    }

    @Override
    public SocketFile accept(Caller caller) throws ErrnoException {
        UnixStreamSocket next;
        try (var _ = lock.hold()) {
            if (!listens) throw EINVAL.exception();
            next = pending.poll();
            if (next == null) {
                throw ((shut & RECEIVE_SHUT) != 0 ? EINVAL : EAGAIN).exception();
            }
        }
        waitQueue().wake(WRITABLE);
        return next;
    }

    @Override
    void closePending(Caller caller) {
        List<UnixStreamSocket> all;
        try (var _ = lock.hold()) {
            all = new ArrayList<>(pending);
            pending.clear();
        }
        for (UnixStreamSocket s : all) {
            s.leavePeer(true);
            s.release(caller);
        }
    }

    @Override
    void leavePeer(boolean unreadData) {
        UnixSocket other = peer;
        if (other == null) return;
        try (var _ = other.lock.hold()) {
            other.shut = RECEIVE_SHUT | SEND_SHUT;
            if (unreadData) other.error = Errno.ECONNRESET.number();
        }
        other.waitQueue().wake(-1);
    }

    // ---- sending ----

    @Override
    public long send(Caller caller, Outgoing out) throws ErrnoException {
        if (out.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        UnixSocket other = peer;
        if (out.address() != null && type() == SOCK_STREAM) {
            throw (other != null ? EISCONN : EOPNOTSUPP).exception();
        }
        if (other == null) throw ENOTCONN.exception();
        if ((shut & SEND_SHUT) != 0) throw EPIPE.exception();
        if (out.length() == 0 && type() == SOCK_STREAM) return 0;
        int length = type() == SOCK_STREAM ? pieceFor(other, out) : wholeFor(other, out);
        UnixMessage message = message(out, length);
        if (!deliver(other, message)) {
            takeBack(caller, message);
            throw EPIPE.exception();
        }
        other.waitQueue().wake(READABLE);
        return length;
    }

    private int pieceFor(UnixSocket other, Outgoing out) throws ErrnoException {
        try (var _ = other.lock.hold()) {
            int room = roomLocked(other) - Inbox.OVERHEAD;
            if (room <= 0) throw EAGAIN.exception();
            return (int) Math.min(Math.min(out.length(), PIECE), room);
        }
    }

    private int wholeFor(UnixSocket other, Outgoing out) throws ErrnoException {
        if (out.length() > options().sendBuffer() - 32) throw EMSGSIZE.exception();
        try (var _ = other.lock.hold()) {
            if (!other.inbox.isEmpty() && roomLocked(other) < out.length()) {
                throw EAGAIN.exception();
            }
        }
        return (int) out.length();
    }

    private static boolean deliver(UnixSocket other, UnixMessage message) {
        try (var _ = other.lock.hold()) {
            if (other.closed || (other.shut & RECEIVE_SHUT) != 0) return false;
            other.inbox.add(message);
            return true;
        }
    }

    // ---- receiving ----

    @Override
    public long receive(Caller caller, Incoming in) throws ErrnoException {
        checkFlags(in);
        long n;
        int landed;
        try (var _ = lock.hold()) {
            if (!connected) throw (type() == SOCK_STREAM ? EINVAL : ENOTCONN).exception();
            if (inbox.isEmpty()) return emptyLocked();
            n = type() == SOCK_STREAM ? streamLocked(in) : Datagrams.takeLocked(inbox, in);
            landed = in.peeks() ? 0 : in.files.size();
        }
        names().landed(landed);
        UnixSocket other = peer;
        if (other != null && !in.peeks()) other.waitQueue().wake(WRITABLE);
        return n;
    }

    private long emptyLocked() throws ErrnoException {
        Errno told = Errno.of(error);
        error = 0;
        if (told != null) throw told.exception();
        if ((shut & RECEIVE_SHUT) != 0) return 0;
        throw EAGAIN.exception();
    }

    /**
     * Up to a message that came with descriptors, which ends the read, or that somebody else sent,
     * if that is to be told, unix(7).
     */
    private long streamLocked(Incoming in) {
        long done = 0;
        boolean tellsWho = options().isOn(SO_PASSCRED);
        for (UnixMessage m : in.peeks() ? inbox.all() : new TakeWhileAny(inbox)) {
            PeerCredentials who = in.credentials;
            if (done > 0 && tellsWho && !m.credentials().equals(who)) break;
            if (who == null) {
                in.credentials = m.credentials();
                in.address = m.sender();
            }
            int n = (int) Math.min(m.left(), in.length() - done);
            Datagrams.copy(m, in, done, n);
            done += n;
            boolean files = m.hasFiles();
            if (files) in.files = in.peeks() ? m.copyFiles() : m.takeFiles();
            if (!in.peeks()) {
                inbox.took(m, n);
                if (m.left() == 0) inbox.removeFirst();
            }
            if (files || done == in.length()) break;
        }
        in.fullLength = done;
        return done;
    }

    /** The first message, again and again: it is removed by who reads it. */
    private record TakeWhileAny(Inbox inbox) implements Iterable<UnixMessage> {
        @Override
        public java.util.Iterator<UnixMessage> iterator() {
            return new java.util.Iterator<>() {
                @Override
                public boolean hasNext() {
                    return !inbox.isEmpty();
                }

                @Override
                public UnixMessage next() {
                    UnixMessage m = inbox.first();
                    if (m == null) throw new java.util.NoSuchElementException();
                    return m;
                }
            };
        }
    }

    // ---- readiness ----

    @Override
    public int readiness() {
        UnixSocket other = peer;
        int events;
        try (var _ = lock.hold()) {
            events = commonReadinessLocked();
            if (listens) return pending.isEmpty() ? events : events | READABLE;
            if (!connected) return events | POLLHUP | WRITABLE;
        }
        return other != null && isWritable(other) ? events | WRITABLE : events;
    }

    private boolean isWritable(UnixSocket other) {
        try (var _ = other.lock.hold()) {
            return other.inbox.charge() * 2L <= options().sendBuffer();
        }
    }
}
