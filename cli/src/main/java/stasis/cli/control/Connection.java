package stasis.cli.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.host.FdSocket;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One end of a conversation: a request, a reply, and for a program that somebody waits for 8 more
 * bytes, its exit code. One thread at a time.
 */
public final class Connection implements AutoCloseable {
    /** A message is one packet, and has to fit the default of {@code net.core.wmem_default}. */
    private static final int MAX_BYTES = 160 * 1024;

    private final FdSocket socket;

    Connection(HostFd fd) {
        socket = new FdSocket(fd);
    }

    public static Connection open(Path path) throws Failure {
        try {
            return new Connection(UnixSocket.connect(path, UnixSocket.SOCK_SEQPACKET));
        } catch (HostException e) {
            throw noAnswer(e);
        }
    }

    /** Whoever asks may come while a sandbox ends. */
    private static Failure noAnswer(HostException e) {
        return switch (Errno.of(e.errno())) {
            case ECONNREFUSED, ENOENT, EPIPE, ECONNRESET -> hasEnded();
            case null, default ->
                    new Failure(
                            ExitCode.FAILED, "the sandbox does not answer: " + e.getMessage(), e);
        };
    }

    private static Failure hasEnded() {
        return new Failure(ExitCode.FAILED, "container not running: its sandbox has ended");
    }

    public HostFd fd() {
        return socket.fd();
    }

    public void send(Map<String, @Nullable Object> message, int... fds) throws HostException {
        byte[] text = Json.text(message).getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            socket.send(arena.allocateFrom(JAVA_BYTE, text), fds);
        }
    }

    /** The other end's next message; null when there will be none. */
    public @Nullable Map<String, @Nullable Object> receive() throws HostException, IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(MAX_BYTES);
            int n = socket.receive(to);
            return n == 0 ? null : Json.object(to.asSlice(0, n).toArray(JAVA_BYTE));
        }
    }

    /** Descriptors that came with the last message; the caller owns them. */
    public HostFd[] descriptors() {
        return socket.takeReceived();
    }

    /** Asks, and throws what the other end answers as its failure. */
    public Map<String, @Nullable Object> ask(Map<String, @Nullable Object> request, int... fds)
            throws Failure {
        try {
            send(request, fds);
            Map<String, @Nullable Object> reply = receive();
            if (reply == null) throw hasEnded();
            if (reply.get("error") instanceof String error) {
                long code = reply.get("code") instanceof Long n ? n : ExitCode.FAILED;
                throw new Failure((int) code, error);
            }
            return reply;
        } catch (HostException e) {
            throw noAnswer(e);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "the sandbox's answer: " + e.getMessage(), e);
        }
    }

    public Map<String, @Nullable Object> ask(String operation) throws Failure {
        return ask(message("op", operation));
    }

    /** {@link stasis.cli.front} has a program that reads it, too. */
    public void sendExitCode(int code) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            socket.send(arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_LONG, code));
        }
    }

    /** The exit code of the program asked about, or 137 if the sandbox is gone. */
    public int receiveExitCode() throws Failure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(8, 8);
            if (socket.receive(to) != 8) return ExitCode.SANDBOX + 9;
            return (int) to.get(JAVA_LONG_UNALIGNED, 0);
        } catch (HostException e) {
            throw noAnswer(e);
        }
    }

    /** A message of one or more names and values. */
    public static Map<String, @Nullable Object> message(String name, @Nullable Object... rest) {
        Map<String, @Nullable Object> m = new LinkedHashMap<>();
        m.put(name, rest[0]);
        for (int i = 1; i + 1 < rest.length; i += 2) m.put(String.valueOf(rest[i]), rest[i + 1]);
        return m;
    }

    @Override
    public void close() {
        socket.close();
    }
}
