package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Poll.POLLPRI;
import static stasis.abi.Poll.POLLWRBAND;
import static stasis.abi.Socket.MSG_ERRQUEUE;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.MSG_TRUNC;
import static stasis.abi.Socket.SO_SELECT_ERR_QUEUE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.kernel.net.Notice;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.vfs.Inode;
import stasis.net.NetError;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Sockets whose messages stay whole: UDP and raw ones. */
@SavedKind
public abstract class DatagramSocket extends InetSocket {
    @SuppressWarnings("NullAway.Init")
    DatagramSocket() {}

    DatagramSocket(Network network, Inode inode, int domain) {
        super(network, inode, domain, new SocketOptions());
    }

    @Override
    boolean isListening() {
        return false;
    }

    @Override
    public final void connect(Caller caller, byte[] address) throws ErrnoException {
        try (var _ = network().enter()) {
            if (dissolves(address)) {
                disconnect();
                return;
            }
            var peer = peerName(address);
            scopeTo(address, peer.address());
            NetErrors.check(connectTo(peer));
        }
    }

    abstract @Nullable NetError connectTo(stasis.net.SocketAddress peer);

    // ---- sending ----

    @Override
    public final long send(Caller caller, Outgoing out) throws SyscallException {
        if (out.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        byte[] address = out.address();
        var peer = address == null || dissolves(address) ? null : peerName(address);
        SentWith with = out.control().isEmpty() ? null : SentWith.of(this, out.control());
        try (var _ = network().enter()) {
            return NetErrors.count(sendTo(out, peer, with));
        }
    }

    abstract long sendTo(
            Outgoing out, stasis.net.@Nullable SocketAddress peer, @Nullable SentWith with);

    // ---- receiving ----

    @Override
    public final long receive(Caller caller, Incoming in) throws SyscallException {
        if (in.has(MSG_OOB)) throw EOPNOTSUPP.exception();
        try (var _ = network().enter()) {
            if (in.has(MSG_ERRQUEUE)) return receiveError(in);
            NetErrors.check(takeError());
            byte[] data = take(caller, in);
            if (data != null) return deliver(in, data);
            if (isReadShut()) return 0;
            throw EAGAIN.exception();
        }
    }

    /** The next message, and in {@code in} what else is to be told of it; null if none is there. */
    abstract byte @Nullable [] take(Caller caller, Incoming in);

    abstract boolean isReadShut();

    long receiveError(Incoming in) throws ErrnoException {
        throw EAGAIN.exception();
    }

    static long deliver(Incoming in, byte[] data) {
        long n = Math.min(data.length, in.length());
        MemorySegment.copy(data, 0, in.to(), ValueLayout.JAVA_BYTE, in.at(), (int) n);
        if (n < data.length) in.outFlags |= MSG_TRUNC;
        in.fullLength = data.length;
        return n;
    }

    // ---- readiness ----

    /** Linux: datagram_poll. */
    @Override
    final int pollEvents() {
        int events = Notice.pollEvents(endpoint().readiness()) | POLLWRBAND;
        return options().isOn(SO_SELECT_ERR_QUEUE) ? events : events & ~POLLPRI;
    }
}
