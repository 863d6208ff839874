package stasis.cli.link;

import static stasis.abi.Netlink.NLMSG_DONE;
import static stasis.abi.Netlink.NLMSG_ERROR;
import static stasis.abi.Netlink.NLM_F_REQUEST;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Asks and changes the network namespace that the calling thread is in, rtnetlink(7). */
final class RouteSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int EINTR = 4;
    private static final int EPROTO = 71;
    private static final int BUFFER_BYTES = 64 << 10;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final HostFd fd;
    private int sequence;

    private RouteSocket(HostFd fd) {
        this.fd = fd;
    }

    static RouteSocket open() throws HostException {
        long fd = Host.syscall(Nr.SOCKET, AF_NETLINK, SOCK_RAW_CLOEXEC, 0);
        return new RouteSocket(new HostFd((int) HostException.check(fd, "socket(AF_NETLINK)")));
    }

    RouteMessage message(int type, int flags) {
        return new RouteMessage(type, NLM_F_REQUEST | flags, ++sequence);
    }

    /** All that a GET message asks for. */
    List<RouteReply> dump(RouteMessage request) throws HostException {
        send(request);
        List<RouteReply> all = new ArrayList<>();
        while (receive(all)) {}
        return all;
    }

    /**
     * @param what is done, for the exception
     */
    void change(RouteMessage request, String what) throws HostException {
        send(request);
        int errno = -1;
        while (errno < 0) {
            List<RouteReply> replies = new ArrayList<>();
            receive(replies);
            for (RouteReply r : replies) {
                if (r.type() == NLMSG_ERROR) errno = -r.i32(0);
            }
        }
        if (errno != 0) throw new HostException(what, errno);
    }

    private void send(RouteMessage request) throws HostException {
        byte[] bytes = request.toBytes();
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, bytes.length);
        long n = Host.syscall(Nr.SENDTO, fd.number(), buffer.address(), bytes.length);
        HostException.check(n, "send(AF_NETLINK)");
    }

    /** One datagram; false if it has the end of what was asked for. */
    private boolean receive(List<RouteReply> all) throws HostException {
        long n;
        do {
            n = Host.syscall(Nr.RECVFROM, fd.number(), buffer.address(), BUFFER_BYTES);
        } while (n == -EINTR);
        HostException.check(n, "recv(AF_NETLINK)");
        byte[] bytes = buffer.asSlice(0, n).toArray(JAVA_BYTE);
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + RouteMessage.HEADER_BYTES <= bytes.length) {
            int length = b.getInt(at);
            int type = b.getShort(at + 4);
            if (length < RouteMessage.HEADER_BYTES || length > bytes.length - at) {
                throw new HostException("recv(AF_NETLINK)", EPROTO);
            }
            if (type == NLMSG_DONE) return false;
            all.add(new RouteReply(type, bytes, at + RouteMessage.HEADER_BYTES, at + length));
            if (type == NLMSG_ERROR) return false;
            at += length + 3 & ~3;
        }
        return true;
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
