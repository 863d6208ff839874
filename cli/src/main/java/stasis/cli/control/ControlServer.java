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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

    /** How long the sandbox's end waits for who does not take an answer. */
    private static final long FINISH_NANOS = 1_000_000_000;

    private final HostFd listening;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition answered = lock.newCondition();

    /** Requests that are being answered. Guarded by {@link #lock}. */
    private int busy;

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

    /**
     * At the sandbox's end: whoever has asked gets an answer first, for the request may be what
     * ended it.
     */
    public void finish() {
        close();
        long left = FINISH_NANOS;
        lock.lock();
        try {
            while (busy > 0 && left > 0) left = answered.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void count(int change) {
        lock.lock();
        try {
            busy += change;
            if (busy == 0) answered.signalAll();
        } finally {
            lock.unlock();
        }
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

    private void serve(Connection connection, Handler handler) {
        try (connection) {
            Map<String, @Nullable Object> request;
            while ((request = connection.receive()) != null) {
                count(1);
                try {
                    answer(request, connection, handler);
                } finally {
                    count(-1);
                }
            }
        } catch (HostException | IOException e) {
            return; // who asked is gone, or talks nonsense: only this connection ends
        }
    }

    private static void answer(
            Map<String, @Nullable Object> request, Connection connection, Handler handler)
            throws HostException, IOException {
        try {
            handler.handle(request, connection, connection.descriptors());
        } catch (Failure e) {
            connection.send(Connection.message("error", e.getMessage(), "code", (long) e.code()));
        } catch (RuntimeException | Error e) {
            connection.send(Connection.message("error", "internal error: " + e));
        }
    }
}
