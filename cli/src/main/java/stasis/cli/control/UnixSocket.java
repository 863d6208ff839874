package stasis.cli.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** unix(7) sockets with a path. */
final class UnixSocket {
    static final int SOCK_STREAM = 1;
    static final int SOCK_SEQPACKET = 5;

    private static final int AF_UNIX = 1;
    private static final int CLOEXEC = 0x80000;
    private static final int PATH_MAX = 108;
    private static final int ENAMETOOLONG = 36;
    private static final int EINTR = 4;

    private UnixSocket() {}

    static HostFd listen(Path path) throws HostException {
        HostFd fd = socket(SOCK_SEQPACKET);
        with(fd, Nr.BIND, path, "bind");
        HostException.check(Host.syscall(Nr.LISTEN, fd.number(), 16, 0), "listen");
        return fd;
    }

    static HostFd connect(Path path, int type) throws HostException {
        HostFd fd = socket(type);
        with(fd, Nr.CONNECT, path, "connect");
        return fd;
    }

    static HostFd accept(HostFd listening) throws HostException {
        long fd;
        do {
            fd = Host.syscall(Nr.ACCEPT4, listening.number(), 0, 0, CLOEXEC, 0, 0);
        } while (fd == -EINTR);
        return new HostFd((int) HostException.check(fd, "accept"));
    }

    private static HostFd socket(int type) throws HostException {
        long fd = Host.syscall(Nr.SOCKET, AF_UNIX, type | CLOEXEC, 0);
        return new HostFd((int) HostException.check(fd, "socket"));
    }

    private static void with(HostFd fd, int nr, Path path, String call) throws HostException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            if (name.length >= PATH_MAX) throw new HostException(call + " " + path, ENAMETOOLONG);
            MemorySegment address = arena.allocate(2 + PATH_MAX, 8);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
            long result = Host.syscall(nr, fd.number(), address.address(), 3 + name.length);
            HostException.check(result, call + " " + path);
        } catch (HostException e) {
            fd.close();
            throw e;
        }
    }
}
