package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/** A segment in steady state makes no object. */
class AllocationTest {
    private final MemorySegment buffer = MemorySegment.ofArray(new byte[64 * 1024]);

    @Test
    void aTransferOverTheCableMakesNoObjects() {
        TwoStacks net = TwoStacks.perfect();
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint from = net.connect(80);
        TcpEndpoint to = TwoStacks.accept(net, listener);
        double perSegment = bytesPerSegment(() -> pump(from, to, net));

        assertTrue(perSegment < 1, perSegment + " bytes for each segment");
    }

    @Test
    void aTransferOverLoopbackMakesNoObjects() {
        NetStack stack = new NetStack(TwoStacks.entropy(1), TcpSettings.defaults());
        TcpEndpoint listener = stack.tcp().open(false);
        listener.bind(new SocketAddress(IpAddress.ANY_V4, 80));
        listener.listen(5);
        TcpEndpoint from = stack.tcp().open(false);
        from.connect(new SocketAddress(IpAddress.LOOPBACK_V4, 80));
        stack.poll(1);
        TcpEndpoint to = listener.accept();
        if (to == null) throw new AssertionError("not connected");
        long[] now = {1};
        double perSegment =
                bytesPerSegment(
                        () -> {
                            long segments = stack.tcp().counters().sent;
                            from.send(buffer, 0, buffer.byteSize(), false);
                            stack.poll(now[0] += 1000);
                            to.receive(buffer, 0, buffer.byteSize(), false);
                            return stack.tcp().counters().sent - segments;
                        });

        assertTrue(perSegment < 1, perSegment + " bytes for each segment");
    }

    private interface Round {
        /** How many segments were sent. */
        long run();
    }

    private long pump(TcpEndpoint from, TcpEndpoint to, TwoStacks net) {
        long before = net.a.tcp().counters().sent + net.b.tcp().counters().sent;
        from.send(buffer, 0, buffer.byteSize(), false);
        net.now += 1_000_000;
        net.settle();
        while (to.receive(buffer, 0, buffer.byteSize(), false) > 0) {}
        return net.a.tcp().counters().sent + net.b.tcp().counters().sent - before;
    }

    private static double bytesPerSegment(Round round) {
        for (int i = 0; i < 2000; i++) round.run();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long segments = 0;
        for (int i = 0; i < 2000; i++) segments += round.run();
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(segments >= 2000, segments + " segments");
        return (double) bytes / segments;
    }
}
