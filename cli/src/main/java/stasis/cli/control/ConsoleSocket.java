package stasis.cli.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.host.FdSocket;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code --console-socket}: the client listens, and gets one message with a terminal's master. */
public final class ConsoleSocket {
    private ConsoleSocket() {}

    public static void send(Path path, HostFd master) throws HostException {
        byte[] name = "/dev/ptmx".getBytes(StandardCharsets.US_ASCII);
        try (FdSocket socket = new FdSocket(UnixSocket.connect(path, UnixSocket.SOCK_STREAM));
                Arena arena = Arena.ofConfined()) {
            socket.send(arena.allocateFrom(JAVA_BYTE, name), master.number());
        }
    }
}
