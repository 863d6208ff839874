package stasis.kernel.socket;

import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Socket.SOCK_STREAM;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.wait.Pollable;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A socket, socket(2). Nothing here waits: what would have to throws EAGAIN, and the call sleeps on
 * the queue and tries again.
 *
 * <p>Addresses are {@code struct sockaddr} as bytes, family included.
 */
@SavedKind
public abstract class SocketFile implements FileImpl {
    protected SocketFile() {}

    /** AF_*. */
    public abstract int domain();

    /** SOCK_*. */
    public abstract int type();

    public abstract int protocol();

    public abstract void bind(Caller caller, byte[] address) throws SyscallException;

    /** EOPNOTSUPP for sockets that connections do not come to. */
    public void listen(Caller caller, int backlog) throws SyscallException {
        throw EOPNOTSUPP.exception();
    }

    /** The next connection that has come in; EAGAIN if there is none. */
    public SocketFile accept(Caller caller) throws SyscallException {
        throw EOPNOTSUPP.exception();
    }

    /** EAGAIN if it is to be tried again when {@link #connecting} has news. */
    public abstract void connect(Caller caller, byte[] address) throws SyscallException;

    /** What to wait for when {@link #connect} threw EAGAIN. */
    public Pollable connecting(Caller caller, byte[] address) throws SyscallException {
        return this;
    }

    /**
     * @param how SHUT_*
     */
    public void shutdown(int how) throws SyscallException {
        throw EOPNOTSUPP.exception();
    }

    /** getsockname(2). */
    public abstract byte[] localAddress() throws SyscallException;

    /** getpeername(2); ENOTCONN if there is none. */
    public abstract byte[] peerAddress() throws SyscallException;

    /** Sends a message whole, or as much of a stream as there is room for; no SIGPIPE. */
    public abstract long send(Caller caller, Outgoing message) throws SyscallException;

    /** What to wait for when {@link #send} threw EAGAIN. */
    public Pollable sending(Caller caller, Outgoing message) throws SyscallException {
        return this;
    }

    /** Receives a message, or what there is of a stream. */
    public abstract long receive(Caller caller, Incoming message) throws SyscallException;

    /** getsockopt(2); null: ENOPROTOOPT. */
    public abstract byte @Nullable [] option(int level, int name) throws SyscallException;

    public abstract void setOption(Caller caller, int level, int name, byte[] value)
            throws SyscallException;

    public abstract SocketOptions options();

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        Incoming message = new Incoming(to, at, length, 0);
        if (length == 0 && type() == SOCK_STREAM) return 0;
        long n = receive(caller, message);
        for (FileDescription f : message.files) f.release(caller);
        return n;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        try {
            return send(
                    caller,
                    new Outgoing(from, at, length, null, List.of(), PeerCredentials.real(caller)));
        } catch (ErrnoException e) {
            if (e.errno() == EPIPE && type() == SOCK_STREAM) caller.raiseSigpipe();
            throw e;
        }
    }

    @Override
    public final long readTimeout() {
        return options().receiveTimeout();
    }

    @Override
    public final long writeTimeout() {
        return options().sendTimeout();
    }
}
