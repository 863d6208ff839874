package stasis.net.stack;

import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.link.Veth;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * How fast the stack alone is: no host call, one thread, both ends of each connection. A program:
 *
 * <pre>java -cp netstack/target/test-classes:netstack/target/classes:state/target/classes
 *     stasis.net.stack.StackBench</pre>
 */
public final class StackBench {
    private static final IpAddress A = IpAddress.v4(10, 0, 0, 1);
    private static final IpAddress B = IpAddress.v4(10, 0, 0, 2);
    private final MemorySegment buffer = MemorySegment.ofArray(new byte[1 << 17]);

    private StackBench() {}

    public static void main(String[] args) {
        for (int i = 0; i < 4; i++) {
            System.out.println("round " + i);
            new StackBench().loopback(4_000_000_000L);
            new StackBench().cable(2_000_000_000L);
            new StackBench().roundTrips(300_000);
            new StackBench().connections(20_000);
        }
    }

    private static long now() {
        return System.nanoTime();
    }

    private static NetStack stack(long seed) {
        NetStack s = new NetStack(TwoStacks.entropy(seed), TcpSettings.defaults());
        s.advanceTo(now());
        return s;
    }

    private static TcpEndpoint listen(NetStack s) {
        TcpEndpoint l = s.tcp().open(false);
        l.bind(new SocketAddress(IpAddress.ANY_V4, 80));
        l.listen(100);
        return l;
    }

    private static TcpEndpoint connect(NetStack s, IpAddress to) {
        TcpEndpoint e = s.tcp().open(false);
        e.options.noDelay = true;
        e.connect(new SocketAddress(to, 80));
        return e;
    }

    private long takeAll(TcpEndpoint to) {
        long taken = 0;
        int n;
        while ((n = to.receive(buffer, 0, buffer.byteSize(), false)) > 0) taken += n;
        return taken;
    }

    private void loopback(long bytes) {
        NetStack s = stack(1);
        TcpEndpoint l = listen(s);
        TcpEndpoint from = connect(s, IpAddress.LOOPBACK_V4);
        s.poll(now());
        TcpEndpoint to = Objects.requireNonNull(l.accept());
        long start = now();
        for (long done = 0; done < bytes; done += takeAll(to)) {
            from.send(buffer, 0, buffer.byteSize(), false);
            s.poll(now());
        }
        print("loopback", bytes * 8.0 / (now() - start), "Gbit/s");
    }

    private void cable(long bytes) {
        Veth[] cable = Veth.pair(1500, 0x0200_0000_0001L, 0x0200_0000_0002L);
        NetStack a = stack(1);
        NetStack b = stack(2);
        a.ip().addAddress(a.addNic("eth0", cable[0]), new InterfaceAddress(A, 24));
        b.ip().addAddress(b.addNic("eth0", cable[1]), new InterfaceAddress(B, 24));
        TcpEndpoint l = listen(b);
        TcpEndpoint from = connect(a, B);
        for (int i = 0; i < 10; i++) {
            a.poll(now());
            b.poll(now());
        }
        TcpEndpoint to = Objects.requireNonNull(l.accept());
        long start = now();
        for (long done = 0; done < bytes; done += takeAll(to)) {
            from.send(buffer, 0, buffer.byteSize(), false);
            a.poll(now());
            b.poll(now());
        }
        long segments = a.tcp().counters().sent + b.tcp().counters().sent;
        print("cable, MTU 1500", bytes * 8.0 / (now() - start), "Gbit/s");
        print("cable, a segment", (double) (now() - start) / segments, "ns");
    }

    private void roundTrips(int count) {
        NetStack s = stack(1);
        TcpEndpoint l = listen(s);
        TcpEndpoint from = connect(s, IpAddress.LOOPBACK_V4);
        s.poll(now());
        TcpEndpoint to = Objects.requireNonNull(l.accept());
        to.options.noDelay = true;
        long start = now();
        for (int i = 0; i < count; i++) {
            from.send(buffer, 0, 64, false);
            s.poll(now());
            to.send(buffer, 0, takeAll(to), false);
            s.poll(now());
            takeAll(from);
        }
        print("round trip", (double) (now() - start) / count, "ns");
    }

    private void connections(int count) {
        NetStack s = stack(1);
        TcpEndpoint l = listen(s);
        long start = now();
        for (int i = 0; i < count; i++) {
            TcpEndpoint from = connect(s, IpAddress.LOOPBACK_V4);
            s.poll(now());
            TcpEndpoint to = Objects.requireNonNull(l.accept());
            from.close();
            s.poll(now());
            to.close();
            s.poll(now());
        }
        print("connections", count * 1e9 / (now() - start), "a second");
    }

    private static void print(String what, double value, String unit) {
        System.out.printf("  %-18s %10.1f %s%n", what, value, unit);
    }
}
