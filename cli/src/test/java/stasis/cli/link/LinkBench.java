package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.tcp.TcpEndpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/**
 * TCP between a stack of ours and the host's over a pair of interfaces, each way, and the host's
 * with itself. Arguments: seconds each.
 */
final class LinkBench {
    private static final int PORT = 4001;
    private static final int CHUNK = 128 << 10;

    private LinkBench() {}

    public static void main(String[] args) throws Exception {
        long seconds = args.length > 0 ? Long.parseLong(args[0]) : 5;
        try (TestNamespace outside = TestNamespace.make();
                TestNamespace inside = TestNamespace.make()) {
            outside.ip(
                    """
                    link add out type veth peer name eth0 netns %d
                    addr add 10.77.0.1/24 dev out
                    link set out up\
                    """
                            .formatted(inside.pid()));
            inside.ip(
                    """
                    addr add 10.77.0.2/24 dev eth0
                    link set eth0 up\
                    """);
            report("host to host", receiveOutside(outside, () -> sendInside(inside, seconds)));
            List<TakenInterface> taken = inside.in(() -> new Takeover(_ -> {}).take());
            WiredStack stack = new WiredStack(taken.getFirst());
            Source source = new Source(stack);
            Sink sink = new Sink(stack);
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () ->
                                    stack.run(
                                            () -> {
                                                source.turn();
                                                sink.turn();
                                            }));
            report("out", receiveOutside(outside, () -> source.run(seconds)));
            long received = sink.received;
            long start = System.nanoTime();
            outside.in(() -> send("10.77.0.2", seconds));
            report("in", (sink.received - received) * 8.0 / (System.nanoTime() - start));
            stack.end();
        }
    }

    private static void report(String what, double gbits) {
        System.out.printf("%-14s %6.2f Gbit/s%n", what, gbits);
    }

    private static double receiveOutside(TestNamespace outside, Runnable sender)
            throws HostException {
        return outside.in(
                () -> {
                    try (ServerSocket listener = new ServerSocket()) {
                        listener.setReuseAddress(true);
                        listener.bind(new InetSocketAddress("10.77.0.1", PORT));
                        Thread.ofPlatform().daemon().start(sender);
                        try (Socket s = listener.accept()) {
                            byte[] b = new byte[CHUNK];
                            long start = System.nanoTime();
                            long total = 0;
                            int n;
                            while ((n = s.getInputStream().read(b)) > 0) total += n;
                            return total * 8.0 / (System.nanoTime() - start);
                        }
                    } catch (IOException e) {
                        throw new HostException(e.toString(), 5);
                    }
                });
    }

    private static void sendInside(TestNamespace inside, long seconds) {
        try {
            inside.in(() -> send("10.77.0.1", seconds));
        } catch (HostException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean send(String to, long seconds) throws HostException {
        try (Socket s = new Socket()) {
            s.connect(new InetSocketAddress(to, PORT));
            byte[] b = new byte[CHUNK];
            long end = System.nanoTime() + seconds * 1_000_000_000;
            while (System.nanoTime() < end) s.getOutputStream().write(b);
            return true;
        } catch (IOException e) {
            throw new HostException(e.toString(), 5);
        }
    }

    /** Sends for a time when told to. */
    private static final class Source implements WiredStack.Program {
        private final WiredStack stack;
        private final MemorySegment data = MemorySegment.ofArray(new byte[CHUNK]);
        private @Nullable TcpEndpoint connection;
        private volatile long until;

        Source(WiredStack stack) {
            this.stack = stack;
        }

        void run(long seconds) {
            until = System.nanoTime() + seconds * 1_000_000_000;
        }

        @Override
        public void turn() {
            if (until == 0) return;
            if (connection == null) {
                connection = stack.stack.tcp().open(false);
                NetError e =
                        connection.connect(new SocketAddress(IpAddress.v4(10, 77, 0, 1), PORT));
                if (e != NetError.IN_PROGRESS) throw new AssertionError(e);
            }
            if (System.nanoTime() > until) {
                connection.close();
                connection = null;
                until = 0;
                return;
            }
            while (connection.send(data, 0, CHUNK, false) > 0) {}
        }
    }

    /** Takes what comes. */
    private static final class Sink implements WiredStack.Program {
        private final MemorySegment data = MemorySegment.ofArray(new byte[CHUNK]);
        private final TcpEndpoint listener;
        private @Nullable TcpEndpoint connection;
        private volatile long received;

        Sink(WiredStack stack) {
            listener = stack.stack.tcp().open(false);
            listener.bind(new SocketAddress(IpAddress.ANY_V4, PORT));
            listener.listen(10);
        }

        @Override
        public void turn() {
            if (connection == null) connection = listener.accept();
            if (connection == null) return;
            int n;
            while ((n = connection.receive(data, 0, CHUNK, false)) > 0) received += n;
            if (n == 0) {
                connection.close();
                connection = null;
            }
        }
    }
}
