package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import stasis.net.NetError;
import stasis.net.tcp.TcpEndpoint;

import java.lang.foreign.MemorySegment;

/** Short texts over connections. */
public final class Talk {
    private Talk() {}

    public static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(ISO_8859_1));
    }

    public static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    public static void say(TcpEndpoint e, String text) {
        assertEquals(text.length(), e.send(bytes(text), 0, text.length(), false));
    }

    /** What is there; "" at the end; the error's name. */
    public static String hear(TcpEndpoint e) {
        byte[] b = new byte[100_000];
        int n = e.receive(MemorySegment.ofArray(b), 0, b.length, false);
        return n < 0 ? NetError.of(n).name() : new String(b, 0, n, ISO_8859_1);
    }
}
