package stasis.gofer.protocol;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import stasis.host.FdSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.lang.foreign.MemorySegment;

/** Whole messages over a stream socket (or pipe-like descriptor), with descriptors beside them. */
public final class MessageSocket implements AutoCloseable {
    private static final int ECONNRESET = 104;

    private final FdSocket socket;

    public MessageSocket(HostFd fd) {
        this.socket = new FdSocket(fd);
    }

    public void send(Buffer message, int... fds) throws HostException {
        socket.send(message.finish(), fds);
    }

    /**
     * Waits for a message.
     *
     * @return false at the end of the stream
     */
    public boolean receive(Buffer to) throws HostException, ProtocolException {
        int got = socket.receive(to.bytes().asSlice(0, 4));
        if (got == 0) return false;
        fill(to, got, 4);
        int size = to.bytes().get(JAVA_INT_UNALIGNED, 0);
        if (size < P9.HEADER || size > to.capacity()) {
            throw new ProtocolException("message of " + (size & 0xffffffffL) + " bytes");
        }
        fill(to, 4, size);
        to.received(size);
        return true;
    }

    private void fill(Buffer to, int from, int end) throws HostException {
        for (int at = from; at < end; ) {
            MemorySegment rest = to.bytes().asSlice(at, end - at);
            long n = Host.read(socket.fd().number(), rest);
            if (n == -4) continue;
            HostException.check(n, "read(9P)");
            if (n == 0) throw new HostException("read(9P)", ECONNRESET);
            at += (int) n;
        }
    }

    /** Descriptors that came with the last message. */
    public HostFd[] takeDescriptors() {
        return socket.takeReceived();
    }

    @Override
    public void close() {
        socket.fd().close();
    }
}
