package stasis.gofer;

import stasis.abi.Fcntl;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.FdSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Scratch;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A server of one directory in a thread of its own, and a client of it. */
final class ServedTree implements AutoCloseable {
    final GoferConnection client;
    final int top;

    ServedTree(Path dir, boolean readOnly) throws Exception {
        FdSocket[] ends = FdSocket.pair(FdSocket.STREAM);
        Export export = new Export("/", place(dir), readOnly);
        GoferServer server = new GoferServer(new MessageSocket(ends[1].fd()), List.of(export));
        Thread.ofPlatform().daemon().start(() -> serve(server, ends[1].fd()));
        client = new GoferConnection(new MessageSocket(ends[0].fd()));
        top = client.attach("/");
    }

    static void serve(GoferServer server, HostFd socket) {
        try (socket) {
            server.serve();
        } catch (HostException | ProtocolException e) {
            // The client sees the end of the connection.
        }
    }

    static HostFd place(Path dir) throws HostException {
        byte[] path = dir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        long flags = Fcntl.O_PATH | Fcntl.O_DIRECTORY | Fcntl.O_CLOEXEC;
        long fd = Host.openat2(Fcntl.AT_FDCWD, Scratch.ofThisThread().path(path), flags, 0, 0);
        return new HostFd((int) HostException.check(fd, "open " + dir));
    }

    @Override
    public void close() {
        client.close();
    }
}
