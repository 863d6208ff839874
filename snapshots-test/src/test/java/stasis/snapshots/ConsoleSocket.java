package stasis.snapshots;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.host.FdSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a client of {@code --console-socket} listens at, unix(7). */
final class ConsoleSocket implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final int CLOEXEC = 0x80000;

    private final Path path;
    private final HostFd listening;

    ConsoleSocket(Path path) throws HostException {
        this.path = path;
        long fd = Host.syscall(Nr.SOCKET, AF_UNIX, SOCK_STREAM_CLOEXEC, 0);
        listening = new HostFd((int) HostException.check(fd, "socket"));
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(3 + name.length, 8);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
            long bound =
                    Host.syscall(
                            Nr.BIND, listening.number(), address.address(), address.byteSize());
            HostException.check(bound, "bind " + path);
        }
        HostException.check(Host.syscall(Nr.LISTEN, listening.number(), 4, 0), "listen");
    }

    Path path() {
        return path;
    }

    /** The terminal that the next program gets. */
    Pty accept() throws Exception {
        long fd = Host.syscall(Nr.ACCEPT4, listening.number(), 0, 0, CLOEXEC, 0, 0);
        try (FdSocket from = new FdSocket(new HostFd((int) HostException.check(fd, "accept")));
                Arena arena = Arena.ofConfined()) {
            from.receive(arena.allocate(4096));
            return new Pty(from.takeReceived()[0].number());
        }
    }

    @Override
    public void close() {
        listening.close();
    }
}
