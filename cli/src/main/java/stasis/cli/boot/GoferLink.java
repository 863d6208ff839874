package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import stasis.host.Host;
import stasis.host.HostException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What sentry and gofer say to each other before they speak 9P: texts, each after its length (4
 * bytes). The sentry says what to export, the gofer answers with what is wrong, or nothing.
 */
final class GoferLink {
    private static final int MAX_BYTES = 1 << 20;
    private static final int EINTR = 4;

    private GoferLink() {}

    static void send(int fd, String text) throws HostException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[4 + bytes.length];
        ByteBuffer.wrap(all).order(ByteOrder.nativeOrder()).putInt(bytes.length);
        System.arraycopy(bytes, 0, all, 4, bytes.length);
        Host.writeAll(fd, all);
    }

    static String receive(int fd) throws HostException, IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = fill(fd, arena.allocate(4, 4));
            int size = length.get(JAVA_INT, 0);
            if (size < 0 || size > MAX_BYTES) throw new IOException("text of " + size + " bytes");
            byte[] bytes = fill(fd, arena.allocate(size)).toArray(JAVA_BYTE);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static MemorySegment fill(int fd, MemorySegment to) throws HostException, IOException {
        for (long at = 0; at < to.byteSize(); ) {
            long n = Host.read(fd, to.asSlice(at));
            if (n == -EINTR) continue;
            if (HostException.check(n, "read") == 0) throw new IOException("the other end is gone");
            at += n;
        }
        return to;
    }
}
