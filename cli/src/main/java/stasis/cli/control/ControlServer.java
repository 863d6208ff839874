package stasis.cli.control;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import org.jspecify.annotations.Nullable;

import stasis.cli.Failure;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/**
 * The sandbox's end: listens before the lock-in, answers afterwards. A thread for each connection.
 */
public final class ControlServer {
    /** What the sandbox does. */
    public interface Handler {
        /** Answers one request, and goes on with the conversation if it is that kind of request. */
        void handle(Map<String, @Nullable Object> request, Connection from, HostFd[] descriptors)
                throws Failure, HostException, IOException;
    }

    private final HostFd listening;

    private ControlServer(HostFd listening) {
        this.listening = listening;
    }

    public static ControlServer listen(Path path) throws HostException {
        return new ControlServer(UnixSocket.listen(path));
    }

    public void start(Handler handler) {
        Thread.ofPlatform().daemon().name("control").start(() -> accept(handler));
    }

    /** Nobody is heard any more. */
    public void close() {
        Host.syscall(
                Nr.SHUTDOWN, listening.number(), 2, 0); // SHUT_RDWR: who waits in accept goes on
    }

    /** Whether somebody asks within so many milliseconds. */
    public boolean pending(int events, int millis) {
        MemorySegment poll = Scratch.ofThisThread().struct(); // struct pollfd
        poll.set(JAVA_INT, 0, listening.number());
        poll.set(JAVA_INT, 4, events);
        return Host.poll(poll.address(), 1, millis) > 0;
    }

    /** Before {@link #start}: the next one who asks. */
    public Connection accept() throws HostException {
        return new Connection(UnixSocket.accept(listening));
    }

    private void accept(Handler handler) {
        while (true) {
            try {
                Connection connection = accept();
                Thread.ofPlatform()
                        .daemon()
                        .name("control-connection")
                        .start(() -> serve(connection, handler));
            } catch (HostException e) {
                return;
            }
        }
    }

    private static void serve(Connection connection, Handler handler) {
        try (connection) {
            Map<String, @Nullable Object> request;
            while ((request = connection.receive()) != null) {
                HostFd[] descriptors = connection.descriptors();
                try {
                    handler.handle(request, connection, descriptors);
                } catch (Failure e) {
                    connection.send(
                            Connection.message("error", e.getMessage(), "code", (long) e.code()));
                } catch (RuntimeException | Error e) {
                    connection.send(Connection.message("error", "internal error: " + e));
                }
            }
        } catch (HostException | IOException e) {
            return; // who asked is gone, or talks nonsense: only this connection ends
        }
    }
}
