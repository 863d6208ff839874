package stasis.cli.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import stasis.host.FdSocket;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * The one message that {@code pool claim} gets.
 *
 * <pre>
 *   0  8  its exit code
 *   8     what it writes: to stdout with code 0, to stderr otherwise
 * </pre>
 */
public final class ClaimReply {
    /** No reply is longer. */
    public static final int MAX_BYTES = 4096;

    private ClaimReply() {}

    public static void send(HostFd claimant, int code, String text) throws HostException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_BYTES - Long.BYTES);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reply = arena.allocate(Long.BYTES + length);
            reply.set(JAVA_LONG_UNALIGNED, 0, code);
            MemorySegment.copy(bytes, 0, reply, JAVA_BYTE, Long.BYTES, length);
            new FdSocket(claimant).send(reply);
        }
    }
}
