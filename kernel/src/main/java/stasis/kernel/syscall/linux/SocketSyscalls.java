package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EALREADY;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINPROGRESS;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.ENOTSOCK;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.RestartException.EINTR_UNLESS_CHECKPOINT;
import static stasis.abi.RestartException.ERESTARTSYS;
import static stasis.abi.Socket.AF_UNIX;
import static stasis.abi.Socket.SOCK_CLOEXEC;
import static stasis.abi.Socket.SOCK_NONBLOCK;
import static stasis.abi.Socket.SOCK_STREAM;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.unix.UnixDatagramSocket;
import stasis.kernel.socket.unix.UnixStreamSocket;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.wait.Pollable;

/**
 * socket(2), connections, names and options. Sending and receiving are {@link MessageSyscalls}'.
 */
final class SocketSyscalls {
    /** sizeof(struct sockaddr_storage). */
    private static final int MAX_ADDRESS = 128;

    private static final int MAX_OPTION = 4096;
    private static final int SOCK_TYPE_MASK = 0xf;

    private SocketSyscalls() {}

    static FileDescription file(Task task, int fd) throws ErrnoException {
        FileDescription file = task.fdTable().get(fd);
        if (file.impl() instanceof SocketFile) return file;
        throw ENOTSOCK.exception();
    }

    static SocketFile socket(FileDescription file) throws ErrnoException {
        if (file.impl() instanceof SocketFile socket) return socket;
        throw ENOTSOCK.exception();
    }

    private static SocketFile socket(Task task, int fd) throws ErrnoException {
        return socket(file(task, fd));
    }

    // ---- making ----

    private static int checkedType(int type) throws ErrnoException {
        if ((type & ~(SOCK_TYPE_MASK | SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0) {
            throw EINVAL.exception();
        }
        return type & SOCK_TYPE_MASK;
    }

    private static FileDescription describe(SocketFile socket, int typeFlags) {
        int nonblock = (typeFlags & SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0;
        return new FileDescription(socket, O_RDWR | nonblock, null);
    }

    /** {@code int socket(int domain, int type, int protocol)} */
    static long socket(Task task, SyscallArgs args) throws SyscallException {
        int type = checkedType(args.int1());
        SocketFile made = SocketFamilies.make(task, args.int0(), type, args.int2());
        return task.install(describe(made, args.int1()), (args.int1() & SOCK_CLOEXEC) != 0);
    }

    /** {@code int socketpair(int domain, int type, int protocol, int sv[2])} */
    static long socketpair(Task task, SyscallArgs args) throws SyscallException {
        int type = checkedType(args.int1());
        SocketFile a = SocketFamilies.make(task, args.int0(), type, args.int2());
        SocketFile b = SocketFamilies.make(task, args.int0(), type, args.int2());
        join(task, a, b);
        TwoFiles.install(
                task,
                args.a3,
                describe(a, args.int1()),
                describe(b, args.int1()),
                (args.int1() & SOCK_CLOEXEC) != 0);
        return 0;
    }

    private static void join(Task task, SocketFile a, SocketFile b) throws ErrnoException {
        if (a instanceof UnixStreamSocket sa && b instanceof UnixStreamSocket sb) {
            UnixStreamSocket.join(task, sa, sb);
        } else if (a instanceof UnixDatagramSocket da && b instanceof UnixDatagramSocket db) {
            UnixDatagramSocket.join(task, da, db);
        } else {
            throw EOPNOTSUPP.exception();
        }
    }

    // ---- names ----

    static byte[] readAddress(Task task, long addr, int length) throws ErrnoException {
        if (length < 0 || length > MAX_ADDRESS) throw EINVAL.exception();
        return task.memory().readBytes(addr, length);
    }

    /** Cut to the room there is, with the whole length told, accept(2). */
    static void writeAddress(Task task, long addr, long lengthAddr, byte[] address)
            throws ErrnoException {
        if (addr == 0) return;
        int room = task.memory().readInt(lengthAddr);
        if (room < 0) throw EINVAL.exception();
        writePart(task, addr, room, address);
        task.memory().writeInt(lengthAddr, address.length);
    }

    static void writePart(Task task, long addr, int room, byte[] bytes) throws ErrnoException {
        int n = Math.min(room, bytes.length);
        task.memory()
                .writeBytes(addr, n == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, n));
    }

    /** {@code int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    static long bind(Task task, SyscallArgs args) throws SyscallException {
        SocketFile socket = socket(task, args.int0());
        socket.bind(task, readAddress(task, args.a1, args.int2()));
        return 0;
    }

    /** {@code int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    static long getsockname(Task task, SyscallArgs args) throws SyscallException {
        return tellName(task, args, socket(task, args.int0()).localAddress());
    }

    /** {@code int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    static long getpeername(Task task, SyscallArgs args) throws SyscallException {
        return tellName(task, args, socket(task, args.int0()).peerAddress());
    }

    private static long tellName(Task task, SyscallArgs args, byte[] name) throws ErrnoException {
        if (args.a1 == 0) throw EFAULT.exception();
        writeAddress(task, args.a1, args.a2, name);
        return 0;
    }

    // ---- connections ----

    /** {@code int listen(int sockfd, int backlog)} */
    static long listen(Task task, SyscallArgs args) throws SyscallException {
        socket(task, args.int0()).listen(task, args.int1());
        return 0;
    }

    /** How a call that waits restarts: not at all if the socket has a timeout, signal(7). */
    static RestartException kind(long timeout) {
        return timeout < 0 ? ERESTARTSYS : EINTR_UNLESS_CHECKPOINT;
    }

    /** {@code int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)} */
    static long connect(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = file(task, args.int0());
        SocketFile socket = socket(file);
        byte[] address = readAddress(task, args.a1, args.int2());
        if (file.nonBlocking()) {
            socket.connect(task, address);
            return 0;
        }
        long timeout = socket.options().sendTimeout();
        long deadline = task.deadline(timeout);
        Blocking.Attempt attempt = () -> connectOnce(task, socket, address);
        try {
            return attempt.run();
        } catch (ErrnoException e) {
            if (e.errno() != EAGAIN) throw e;
        }
        Pollable queue = socket.connecting(task, address);
        try {
            return Blocking.until(task, queue, POLLOUT, deadline, kind(timeout), attempt);
        } catch (ErrnoException e) {
            // Like Linux: the handshake goes on when SO_SNDTIMEO is over
            boolean late = e.errno() == EAGAIN && socket.type() == SOCK_STREAM;
            throw late && socket.domain() != AF_UNIX ? EINPROGRESS.exception() : e;
        }
    }

    /** EAGAIN as long as a handshake goes on. */
    private static long connectOnce(Task task, SocketFile socket, byte[] address)
            throws SyscallException {
        try {
            socket.connect(task, address);
            return 0;
        } catch (ErrnoException e) {
            boolean goesOn = e.errno() == EINPROGRESS || e.errno() == EALREADY;
            throw goesOn ? EAGAIN.exception() : e;
        }
    }

    /** {@code int accept(int sockfd, struct sockaddr *addr, socklen_t *addrlen)} */
    static long accept(Task task, SyscallArgs args) throws SyscallException {
        return accept(task, args, 0);
    }

    /** {@code int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags)} */
    static long accept4(Task task, SyscallArgs args) throws SyscallException {
        if ((args.int3() & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0) throw EINVAL.exception();
        return accept(task, args, args.int3());
    }

    private static long accept(Task task, SyscallArgs args, int flags) throws SyscallException {
        FileDescription file = file(task, args.int0());
        SocketFile socket = socket(file);
        @Nullable SocketFile[] accepted = new SocketFile[1];
        Blocking.Attempt attempt =
                () -> {
                    accepted[0] = socket.accept(task);
                    return 0;
                };
        long timeout = socket.options().receiveTimeout();
        if (file.nonBlocking()) attempt.run();
        else Blocking.until(task, socket, POLLIN, task.deadline(timeout), kind(timeout), attempt);
        SocketFile made = accepted[0];
        if (made == null) throw new IllegalStateException("accepted nothing");
        FileDescription description = describe(made, flags);
        try {
            if (args.a1 != 0) writeAddress(task, args.a1, args.a2, peerName(made));
        } catch (ErrnoException e) {
            description.release(task);
            throw e;
        }
        return task.install(description, (flags & SOCK_CLOEXEC) != 0);
    }

    /** The peer may be gone already. */
    private static byte[] peerName(SocketFile socket) throws SyscallException {
        try {
            return socket.peerAddress();
        } catch (ErrnoException e) {
            return new byte[] {(byte) socket.domain(), 0};
        }
    }

    /** {@code int shutdown(int sockfd, int how)} */
    static long shutdown(Task task, SyscallArgs args) throws SyscallException {
        socket(task, args.int0()).shutdown(args.int1());
        return 0;
    }

    // ---- options ----

    /** {@code int setsockopt(int, int level, int optname, const void *optval, socklen_t optlen)} */
    static long setsockopt(Task task, SyscallArgs args) throws SyscallException {
        SocketFile socket = socket(task, args.int0());
        int length = args.int4();
        if (length < 0) throw EINVAL.exception();
        byte[] value = task.memory().readBytes(args.a3, Math.min(length, MAX_OPTION));
        socket.setOption(task, args.int1(), args.int2(), value);
        return 0;
    }

    /** {@code int getsockopt(int, int level, int optname, void *optval, socklen_t *optlen)} */
    static long getsockopt(Task task, SyscallArgs args) throws SyscallException {
        SocketFile socket = socket(task, args.int0());
        int room = task.memory().readInt(args.a4);
        if (room < 0) throw EINVAL.exception();
        byte[] value = socket.option(args.int1(), args.int2());
        if (value == null) throw ENOPROTOOPT.exception();
        writePart(task, args.a3, room, value);
        task.memory().writeInt(args.a4, Math.min(room, value.length));
        return 0;
    }
}
