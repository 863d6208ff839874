package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.link.Faults;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.tcp.TcpState;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Two stacks over a bad link, many connections, calls of chance, against a model that is a queue of
 * bytes: what is read is what was written, in order; the end comes after all of it, or there is an
 * error. As many worlds as {@code -Dstasis.model.seeds} says.
 */
class ModelTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int STEPS = 400;
    private static final int CONNECTIONS = 8;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("stasis.model.seeds", 12));
    }

    /** One direction of a connection. The bytes follow from their places. */
    private static final class Stream {
        private final int salt;
        private long written;
        private long read;
        private boolean finished;
        private boolean ended;
        private boolean broken;

        Stream(int salt) {
            this.salt = salt;
        }

        byte at(long place) {
            return (byte) (place * 7 + (place >>> 8) + salt);
        }
    }

    private static final class Pipe {
        private final TcpEndpoint client;
        private @Nullable TcpEndpoint server;
        private final Stream up;
        private final Stream down;
        private boolean clientClosed;
        private boolean serverClosed;

        Pipe(TcpEndpoint client, int number) {
            this.client = client;
            this.up = new Stream(number);
            this.down = new Stream(number + 100);
        }
    }

    private Random random = new Random(0);
    private final byte[] buffer = new byte[20_000];
    private final MemorySegment segment = MemorySegment.ofArray(buffer);
    private final List<Pipe> pipes = new ArrayList<>();
    private final Map<Integer, Pipe> byPort = new HashMap<>();

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsReadIsWhatWasWritten(int seed) {
        random = new Random(seed);
        TwoStacks net = new TwoStacks(faults(), seed, settings(), settings(), 1500);
        TcpEndpoint listener = net.listen(80, 100);
        keepAlive(listener);
        for (int i = 0; i < STEPS; i++) {
            if (pipes.size() < CONNECTIONS && random.nextInt(10) == 0) open(net);
            accept(listener);
            for (Pipe p : pipes) act(p);
            net.run(
                    random.nextInt(20) == 0
                            ? random.nextLong(2 * SECOND)
                            : random.nextInt(30_000_000));
        }
        net.runUntil(() -> allEnded(listener), 100_000 * SECOND);
        for (Pipe p : pipes) closeBoth(p);
        net.run(3600 * SECOND);
        assertEquals(0, net.a.tcp().connectionCount() + net.b.tcp().connectionCount());
        assertEquals(0, net.a.context().pool().outstanding());
        assertEquals(0, net.b.context().pool().outstanding());
    }

    private Faults faults() {
        int[] chances = {0, 0, 5, 30, 150};
        return new Faults(
                chances[random.nextInt(5)],
                chances[random.nextInt(4)],
                chances[random.nextInt(4)],
                chances[random.nextInt(5)],
                random.nextInt(50_000_000),
                random.nextInt(50_000_000));
    }

    private TcpSettings settings() {
        return TcpSettings.defaults()
                .withSack(random.nextInt(4) != 0)
                .withTimestamps(random.nextInt(4) != 0)
                .withWindowScaling(random.nextInt(4) != 0)
                .withCubic(random.nextBoolean());
    }

    // ---- calls of chance ----

    private void open(TwoStacks net) {
        Pipe p = new Pipe(net.connect(80), pipes.size());
        if (random.nextInt(3) == 0) p.client.options.receiveBytes = 1 + random.nextInt(10_000);
        p.client.options.noDelay = random.nextBoolean();
        keepAlive(p.client);
        pipes.add(p);
        byPort.put(p.client.localPort(), p);
    }

    /** Or a reset that was lost would leave an end waiting for ever. */
    private static void keepAlive(TcpEndpoint e) {
        e.options.keepAlive = true;
        e.options.keepIdleNanos = 60 * SECOND;
    }

    private void accept(TcpEndpoint listener) {
        TcpEndpoint e;
        while ((e = listener.accept()) != null) {
            Pipe p = byPort.get(e.remotePort());
            if (p == null) throw new AssertionError("a stranger");
            assertNull(p.server);
            p.server = e;
        }
    }

    private void act(Pipe p) {
        if (!p.clientClosed) act(p.client, p.up, p.down);
        TcpEndpoint server = p.server;
        if (server != null && !p.serverClosed) act(server, p.down, p.up);
        if (random.nextInt(1000) == 0) {
            p.clientClosed = true;
            p.client.abort();
            p.down.ended = true;
            p.up.broken = true;
            p.down.broken = true;
        }
    }

    private void act(TcpEndpoint e, Stream out, Stream in) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> write(e, out);
            case 3, 4, 5 -> read(e, in);
            case 6 -> assertReadinessIsTrue(e);
            default -> {
                if (random.nextInt(40) == 0) shut(e, out);
            }
        }
    }

    private void shut(TcpEndpoint e, Stream out) {
        if (e.state() == TcpState.SYN_SENT) return;
        e.shutdownWrite();
        out.finished = true;
    }

    private void write(TcpEndpoint e, Stream out) {
        int count = random.nextInt(3) == 0 ? 1 + random.nextInt(10) : random.nextInt(buffer.length);
        for (int i = 0; i < count; i++) buffer[i] = out.at(out.written + i);
        int n = e.send(segment, 0, count, random.nextInt(10) == 0);
        if (n >= 0) out.written += n;
        else if (NetError.of(n) != NetError.WOULD_BLOCK && !out.finished) out.broken = true;
    }

    private void read(TcpEndpoint e, Stream in) {
        if (in.ended) return;
        int n = e.receive(segment, 0, 1 + random.nextInt(buffer.length), false);
        for (int i = 0; i < n; i++) {
            if (buffer[i] != in.at(in.read + i)) throw new AssertionError("wrong byte");
        }
        if (n > 0) in.read += n;
        if (n == 0) {
            in.ended = true;
            if (!in.broken) assertEquals(in.written, in.read);
            assertTrue(in.finished || in.broken);
        }
        if (n < 0 && NetError.of(n) != NetError.WOULD_BLOCK) {
            in.ended = true;
            in.broken = true;
        }
    }

    private void assertReadinessIsTrue(TcpEndpoint e) {
        boolean readable = (e.readiness() & Readiness.READABLE) != 0;
        int n = e.receive(segment, 0, 1, true);
        boolean blocks = n < 0 && NetError.of(n) == NetError.WOULD_BLOCK;
        if (readable) assertTrue(!blocks);
        if (n > 0) assertTrue(readable);
        assertTrue(e.footprint() < 20_000_000);
    }

    // ---- the end ----

    private boolean allEnded(TcpEndpoint listener) {
        accept(listener);
        boolean all = true;
        for (Pipe p : pipes) all &= isEnded(p);
        return all;
    }

    private boolean isEnded(Pipe p) {
        boolean over = drain(p.clientClosed, p.client, p.up, p.down);
        TcpEndpoint server = p.server;
        if (server == null) return p.client.state() == TcpState.CLOSED;
        return drain(p.serverClosed, server, p.down, p.up) && over;
    }

    private boolean drain(boolean closed, TcpEndpoint e, Stream out, Stream in) {
        if (closed) return true;
        if (!out.finished) shut(e, out);
        for (int i = 0; i < 50 && !in.ended; i++) read(e, in);
        return in.ended;
    }

    private void closeBoth(Pipe p) {
        p.client.close();
        if (p.server != null) p.server.close();
    }
}
