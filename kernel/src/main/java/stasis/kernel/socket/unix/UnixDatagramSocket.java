package stasis.kernel.socket.unix;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.ECONNREFUSED;
import static stasis.abi.Errno.EMSGSIZE;
import static stasis.abi.Errno.ENOTCONN;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Errno.EPROTOTYPE;
import static stasis.abi.Socket.AF_UNSPEC;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.SOCK_DGRAM;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.Pollable;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** SOCK_DGRAM: messages between named sockets, or within a pair. */
@Saved("unix.UnixDatagramSocket")
public final class UnixDatagramSocket extends UnixSocket {
    /** net.unix.max_dgram_qlen: how many messages wait from those who are not one's own peer. */
    private static final int MAX_QUEUE = 10;

    /** Who has connected to this socket and waits on its own queue. Guarded by {@link #lock}. */
    private List<UnixDatagramSocket> clients = new ArrayList<>();

    private UnixDatagramSocket() {}

    public UnixDatagramSocket(Inode inode) {
        super(inode, SOCK_DGRAM);
    }

    /** socketpair(2). Precondition: both are new. */
    public static void join(Caller caller, UnixDatagramSocket a, UnixDatagramSocket b) {
        a.setPeer(b);
        b.setPeer(a);
        a.peerCredentials = PeerCredentials.effective(caller);
        b.peerCredentials = a.peerCredentials;
    }

    private void setPeer(UnixDatagramSocket other) {
        leavePeer(false);
        peer = other;
        try (var _ = other.lock.hold()) {
            other.clients.add(this);
        }
    }

    @Override
    boolean pairsShutdown() {
        return false;
    }

    @Override
    public void connect(Caller caller, byte[] address) throws SyscallException {
        boolean dissolves = address.length >= 2 && address[0] == AF_UNSPEC && address[1] == 0;
        if (dissolves) {
            leavePeer(false);
            return;
        }
        UnixDatagramSocket other = receiver(caller, address);
        UnixSocket peerOfOther = other.peer;
        if (peerOfOther != null && peerOfOther != this) throw EPERM.exception();
        setPeer(other);
        waitQueue().wake(WRITABLE);
    }

    private UnixDatagramSocket receiver(Caller caller, byte[] address) throws ErrnoException {
        UnixSocket found = names().find(caller, address);
        if (found instanceof UnixDatagramSocket datagram) return datagram;
        throw EPROTOTYPE.exception();
    }

    @Override
    void leavePeer(boolean unreadData) {
        UnixSocket old = peer;
        peer = null;
        if (!(old instanceof UnixDatagramSocket other)) return;
        try (var _ = other.lock.hold()) {
            other.clients.remove(this);
        }
    }

    private UnixDatagramSocket target(Caller caller, Outgoing out) throws ErrnoException {
        byte[] address = out.address();
        if (address != null) return receiver(caller, address);
        if (peer instanceof UnixDatagramSocket other) return other;
        throw ENOTCONN.exception();
    }

    @Override
    public Pollable sending(Caller caller, Outgoing out) throws SyscallException {
        return target(caller, out);
    }

    @Override
    public long send(Caller caller, Outgoing out) throws ErrnoException {
        if (out.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        if ((shut & SEND_SHUT) != 0) throw EPIPE.exception();
        UnixDatagramSocket other = target(caller, out);
        UnixSocket peerOfOther = other.peer;
        if (peerOfOther != null && peerOfOther != this) throw EPERM.exception();
        if (out.length() > options().sendBuffer() - 32) throw EMSGSIZE.exception();
        checkRoom(other, out);
        UnixMessage message = message(out, (int) out.length());
        boolean gone;
        boolean refuses;
        try (var _ = other.lock.hold()) {
            gone = other.closed;
            refuses = (other.shut & RECEIVE_SHUT) != 0;
            if (!gone && !refuses) other.inbox.add(message);
        }
        if (gone || refuses) {
            takeBack(caller, message);
            if (gone && peer == other) leavePeer(false);
            throw (gone ? ECONNREFUSED : EPIPE).exception();
        }
        other.waitQueue().wake(READABLE);
        return out.length();
    }

    private void checkRoom(UnixDatagramSocket other, Outgoing out) throws ErrnoException {
        try (var _ = other.lock.hold()) {
            if (other.closed || (other.shut & RECEIVE_SHUT) != 0) return;
            if (!hasRoomLocked(other, (int) out.length())) throw EAGAIN.exception();
        }
    }

    private boolean hasRoomLocked(UnixDatagramSocket other, int length) {
        if (other.inbox.isEmpty()) return true;
        if (other.peer != this && other.inbox.count() > MAX_QUEUE) return false;
        return roomLocked(other) >= length;
    }

    @Override
    public long receive(Caller caller, Incoming in) throws ErrnoException {
        checkFlags(in);
        long n;
        int landed;
        List<UnixDatagramSocket> tell;
        try (var _ = lock.hold()) {
            if (inbox.isEmpty()) return emptyLocked();
            n = Datagrams.takeLocked(inbox, in);
            landed = in.peeks() ? 0 : in.files.size();
            tell = new ArrayList<>(clients);
        }
        names().landed(landed);
        if (in.peeks()) return n;
        waitQueue().wake(WRITABLE);
        for (UnixDatagramSocket s : tell) if (s != this) s.waitQueue().wake(WRITABLE);
        return n;
    }

    private long emptyLocked() throws ErrnoException {
        Errno told = Errno.of(error);
        error = 0;
        if (told != null) throw told.exception();
        if ((shut & RECEIVE_SHUT) != 0) return 0;
        throw EAGAIN.exception();
    }

    @Override
    public int readiness() {
        int events;
        try (var _ = lock.hold()) {
            events = commonReadinessLocked();
        }
        if (!(peer instanceof UnixDatagramSocket other)) return events | WRITABLE;
        try (var _ = other.lock.hold()) {
            boolean room = other.closed || hasRoomLocked(other, Inbox.OVERHEAD);
            return room ? events | WRITABLE : events;
        }
    }
}
