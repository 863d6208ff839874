package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One end of a SOCK_SEQPACKET pair, unix(7): whole messages, with descriptors. One thread sends and
 * one receives at a time.
 *
 * <pre>
 *   0  56  struct msghdr   name, namelen, iov, iovlen, control, controllen, flags
 *  64  16  struct iovec
 *  80      control: one struct cmsghdr {len, SOL_SOCKET, SCM_RIGHTS} and descriptors
 * </pre>
 */
public final class FdSocket implements AutoCloseable {
    /** SCM_MAX_FD of {@code include/net/scm.h} is 253; a message of ours needs few. */
    public static final int MAX_FDS = 64;

    private static final int AF_UNIX = 1;

    /** SOCK_STREAM, unix(7): descriptors come with the first byte they were sent with. */
    public static final int STREAM = 1;

    public static final int SEQPACKET = 5;

    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    private static final int EINTR = 4;
    private static final int EMSGSIZE = 90;
    private static final int IOVEC = 64;
    private static final int CONTROL = 80;
    private static final int CMSG_HEADER = 16;
    private static final int CONTROL_BYTES = CMSG_HEADER + 4 * MAX_FDS;

    private final HostFd fd;
    private final MemorySegment out = Arena.ofAuto().allocate(CONTROL + CONTROL_BYTES, 8);
    private final MemorySegment in = Arena.ofAuto().allocate(CONTROL + CONTROL_BYTES, 8);

    /** Descriptors of the last message received, owned by whoever takes them. */
    private HostFd[] received = {};

    public FdSocket(HostFd fd) {
        this.fd = fd;
    }

    /** Two connected SOCK_SEQPACKET ends, close-on-exec. */
    public static FdSocket[] pair() throws HostException {
        return pair(SEQPACKET);
    }

    /** Two connected ends of the type {@link #STREAM} or {@link #SEQPACKET}, close-on-exec. */
    public static FdSocket[] pair(int type) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            long result =
                    Host.syscall(
                            Nr.SOCKETPAIR, AF_UNIX, type | SOCK_CLOEXEC, 0, ends.address(), 0, 0);
            HostException.check(result, "socketpair");
            return new FdSocket[] {
                new FdSocket(new HostFd(ends.getAtIndex(JAVA_INT, 0))),
                new FdSocket(new HostFd(ends.getAtIndex(JAVA_INT, 1)))
            };
        }
    }

    public HostFd fd() {
        return fd;
    }

    /** Sends one message; the other end gets duplicates of {@code fds}. */
    public void send(MemorySegment data, int... fds) throws HostException {
        if (fds.length > MAX_FDS) throw new HostException("sendmsg(" + fds.length + " fds)", 22);
        header(out, data, fds.length == 0 ? 0 : CMSG_HEADER + (4L * fds.length + 7 & -8));
        out.set(JAVA_LONG, CONTROL, CMSG_HEADER + 4L * fds.length);
        out.set(JAVA_INT, CONTROL + 8, SOL_SOCKET);
        out.set(JAVA_INT, CONTROL + 12, SCM_RIGHTS);
        for (int i = 0; i < fds.length; i++) {
            out.set(JAVA_INT, CONTROL + CMSG_HEADER + 4L * i, fds[i]);
        }
        long n = repeat(Nr.SENDMSG, out, MSG_NOSIGNAL);
        HostException.check(n, "sendmsg(" + fd.number() + ")");
        if (n != data.byteSize()) throw new HostException("sendmsg(" + fd.number() + ")", EMSGSIZE);
    }

    /**
     * Receives one message; its length, 0 when the other end is closed. A message that does not
     * fit, or whose descriptors do not, is EMSGSIZE, and nothing of it is kept.
     */
    public int receive(MemorySegment data) throws HostException {
        closeReceived();
        header(in, data, CONTROL_BYTES);
        long n = repeat(Nr.RECVMSG, in, MSG_CMSG_CLOEXEC);
        HostException.check(n, "recvmsg(" + fd.number() + ")");
        takeDescriptors();
        if ((in.get(JAVA_INT, 48) & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
            closeReceived();
            throw new HostException("recvmsg(" + fd.number() + ")", EMSGSIZE);
        }
        return (int) n;
    }

    /** The last message's descriptors; the caller owns them from now on. */
    public HostFd[] takeReceived() {
        HostFd[] fds = received;
        received = new HostFd[0];
        return fds;
    }

    private void takeDescriptors() {
        long length = in.get(JAVA_LONG, 40) < CMSG_HEADER ? 0 : in.get(JAVA_LONG, CONTROL);
        boolean rights =
                length > CMSG_HEADER
                        && in.get(JAVA_INT, CONTROL + 8) == SOL_SOCKET
                        && in.get(JAVA_INT, CONTROL + 12) == SCM_RIGHTS;
        int n = rights ? (int) (Math.min(length, CONTROL_BYTES) - CMSG_HEADER) / 4 : 0;
        received = new HostFd[n];
        for (int i = 0; i < n; i++) {
            received[i] = new HostFd(in.get(JAVA_INT, CONTROL + CMSG_HEADER + 4L * i));
        }
    }

    private void closeReceived() {
        for (HostFd one : received) {
            one.close();
        }
        received = new HostFd[0];
    }

    private static void header(MemorySegment message, MemorySegment data, long controlBytes) {
        message.asSlice(0, IOVEC).fill((byte) 0);
        message.set(JAVA_LONG, 16, message.address() + IOVEC);
        message.set(JAVA_LONG, 24, 1);
        message.set(JAVA_LONG, 32, controlBytes == 0 ? 0 : message.address() + CONTROL);
        message.set(JAVA_LONG, 40, controlBytes);
        message.set(JAVA_LONG, IOVEC, data.address());
        message.set(JAVA_LONG, IOVEC + 8, data.byteSize());
    }

    private long repeat(int nr, MemorySegment message, int flags) {
        long result;
        do {
            result = Host.syscall(nr, fd.number(), message.address(), flags);
        } while (result == -EINTR);
        return result;
    }

    @Override
    public void close() {
        closeReceived();
        fd.close();
    }
}
