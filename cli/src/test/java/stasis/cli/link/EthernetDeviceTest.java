package stasis.cli.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.host.HostException;
import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.tcp.TcpEndpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A stack of ours at one end of a cable, the host's at the other. */
class EthernetDeviceTest {
    private static final int PORT = 4000;
    private static final int CHUNK = 256 << 10;
    private static final long TOTAL = Long.getLong("stasis.link.bytes", 64L << 20);

    private TestNamespace outside;
    private TestNamespace inside;
    private WiredStack stack;
    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void layCable() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
        outside = TestNamespace.make();
        inside = TestNamespace.make();
        outside.ip(
                """
                link add out type veth peer name eth0 netns %d
                addr add 10.77.0.1/24 dev out
                addr add fd00:77::1/64 dev out nodad
                link set out up\
                """
                        .formatted(inside.pid()));
        inside.ip(
                """
                addr add 10.77.0.2/24 dev eth0
                addr add fd00:77::2/64 dev eth0 nodad
                link set eth0 up
                route add default via 10.77.0.1\
                """);
        List<TakenInterface> taken = inside.in(() -> new Takeover(notes::add).take());
        assertEquals(1, taken.size());
        stack = new WiredStack(taken.getFirst());
    }

    @AfterEach
    void pullOut() {
        if (stack != null) stack.end();
        if (inside != null) inside.close();
        if (outside != null) outside.close();
    }

    @Test
    void hostNoLongerHasTheAddresses() throws Exception {
        assertFalse(inside.run("ip", "addr", "show", "eth0").contains("inet"));
        assertEquals(List.of(), notes);
    }

    @Test
    void bytesFromTheHostsStackArriveAndComeBack() throws Exception {
        TcpEndpoint listener = stack.stack.tcp().open(false);
        assertNull(listener.bind(new SocketAddress(IpAddress.ANY_V4, PORT)));
        assertNull(listener.listen(10));
        Echo echo = new Echo(listener);
        Thread running = Thread.ofPlatform().daemon().start(() -> stack.run(echo));
        outside.in(
                () -> {
                    long start = System.nanoTime();
                    try (Socket s = new Socket()) {
                        s.connect(new InetSocketAddress("10.77.0.2", PORT), 10_000);
                        Thread writer = Thread.ofPlatform().daemon().start(() -> write(s));
                        read(s);
                        writer.join();
                    } catch (IOException | InterruptedException e) {
                        throw new HostException(e.toString(), 5);
                    }
                    double seconds = (System.nanoTime() - start) / 1e9;
                    System.out.printf("echo: %.2f Gbit/s each way%n", TOTAL * 8e-9 / seconds);
                    return true;
                });
        assertTrue(running.isAlive());
    }

    private static byte pattern(long at) {
        return (byte) (at * 31 + (at >>> 8) * 17);
    }

    private static void write(Socket s) {
        byte[] b = new byte[CHUNK];
        try {
            OutputStream out = s.getOutputStream();
            for (long at = 0; at < TOTAL; at += CHUNK) {
                for (int i = 0; i < CHUNK; i++) b[i] = pattern(at + i);
                out.write(b);
            }
            s.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(Socket s) throws IOException {
        byte[] b = new byte[CHUNK];
        InputStream in = s.getInputStream();
        for (long at = 0; at < TOTAL; ) {
            int n = in.read(b);
            if (n < 0) throw new EOFException("after " + at);
            for (int i = 0; i < n; i++) assertEquals(pattern(at + i), b[i]);
            at += n;
        }
        assertEquals(-1, in.read());
    }

    /** Sends back what it hears, on one connection. */
    private static final class Echo implements WiredStack.Program {
        private final TcpEndpoint listener;
        private @Nullable TcpEndpoint connection;
        private final byte[] bytes = new byte[CHUNK];
        private final MemorySegment buffer = MemorySegment.ofArray(bytes);
        private int from;
        private int to;

        Echo(TcpEndpoint listener) {
            this.listener = listener;
        }

        @Override
        public void turn() {
            if (connection == null) connection = listener.accept();
            if (connection == null) return;
            while (from < to || hear(connection)) {
                int n = connection.send(buffer, from, to - from, false);
                if (n < 0) return;
                from += n;
            }
        }

        private boolean hear(TcpEndpoint e) {
            int n = e.receive(buffer, 0, CHUNK, false);
            if (n == 0) e.shutdownWrite();
            if (n <= 0) return false;
            from = 0;
            to = n;
            return true;
        }
    }

    @Test
    void refusedPortIsSaidToBeSo() throws Exception {
        Thread.ofPlatform().daemon().start(() -> stack.run(() -> {}));
        String said =
                outside.in(
                        () -> {
                            try (Socket s = new Socket()) {
                                s.connect(new InetSocketAddress("fd00:77::2", PORT), 10_000);
                                return "connected";
                            } catch (IOException e) {
                                return String.valueOf(e.getMessage());
                            }
                        });
        assertEquals("Connection refused", said);
    }
}
