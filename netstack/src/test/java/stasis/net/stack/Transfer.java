package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import stasis.net.NetError;
import stasis.net.tcp.TcpEndpoint;

import java.lang.foreign.MemorySegment;

/** Bytes of a pattern from one end to the other; each is checked. */
public final class Transfer {
    private static final int CHUNK = 50_000;

    private final long total;
    private final int salt;
    private final MemorySegment buffer = MemorySegment.ofArray(new byte[CHUNK]);
    private final byte[] bytes = (byte[]) buffer.heapBase().orElseThrow();
    private TcpEndpoint from;
    private TcpEndpoint to;
    private long sent;
    private long received;
    private boolean ended;

    public Transfer(TcpEndpoint from, TcpEndpoint to, long total, int salt) {
        this.from = from;
        this.to = to;
        this.total = total;
        this.salt = salt;
    }

    /** The same transfer goes on between other objects: those of a restored stack. */
    public void continueWith(TcpEndpoint newFrom, TcpEndpoint newTo) {
        from = newFrom;
        to = newTo;
    }

    private byte pattern(long at) {
        return (byte) (at * 31 + (at >>> 8) * 17 + salt);
    }

    /** Hands in and takes out what is possible now. Returns whether all has arrived. */
    public boolean step() {
        while (sent < total && send()) {}
        while (!ended && receive()) {}
        return ended;
    }

    /** A step of both. Returns whether both are done. */
    public static boolean step(Transfer first, Transfer second) {
        boolean done = first.step();
        return second.step() && done;
    }

    private boolean send() {
        int n = (int) Math.min(CHUNK, total - sent);
        for (int i = 0; i < n; i++) bytes[i] = pattern(sent + i);
        int done = from.send(buffer, 0, n, false);
        if (done < 0) {
            assertEquals(NetError.WOULD_BLOCK, NetError.of(done));
            return false;
        }
        sent += done;
        if (sent == total) from.shutdownWrite();
        return true;
    }

    private boolean receive() {
        int n = to.receive(buffer, 0, CHUNK, false);
        if (n < 0) {
            assertEquals(NetError.WOULD_BLOCK, NetError.of(n));
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (bytes[i] != pattern(received + i)) {
                throw new AssertionError("byte " + (received + i) + " is wrong");
            }
        }
        received += n;
        ended = n == 0;
        if (ended) assertEquals(total, received);
        return true;
    }

    public long received() {
        return received;
    }

    public long sent() {
        return sent;
    }
}
