package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;

import stasis.net.Entropy;
import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.link.Faults;
import stasis.net.link.FaultyLink;
import stasis.net.link.Veth;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.time.Timed;

import java.util.Random;
import java.util.function.BooleanSupplier;

/** Two hosts and a cable between them, in a time that runs as fast as things happen. */
public final class TwoStacks {
    public static final IpAddress A = IpAddress.v4(10, 0, 0, 1);
    public static final IpAddress B = IpAddress.v4(10, 0, 0, 2);
    private static final long SECOND = 1_000_000_000L;

    public NetStack a;
    public NetStack b;
    public long now = 1_000 * SECOND;

    public TwoStacks(Faults faults, long seed) {
        this(faults, seed, TcpSettings.defaults(), TcpSettings.defaults(), 1500);
    }

    public TwoStacks(Faults faults, long seed, TcpSettings forA, TcpSettings forB, int mtu) {
        Veth[] cable = Veth.pair(mtu, 0x0200_0000_0001L, 0x0200_0000_0002L);
        a = stack(seed, forA, new FaultyLink(cable[0], faults, seed + 1), A);
        b = stack(seed + 7, forB, new FaultyLink(cable[1], faults, seed + 2), B);
    }

    public static TwoStacks perfect() {
        return new TwoStacks(Faults.NONE, 1);
    }

    private NetStack stack(long seed, TcpSettings settings, FaultyLink link, IpAddress own) {
        NetStack s = new NetStack(entropy(seed), settings);
        s.ip().addAddress(s.addNic("eth0", link), new InterfaceAddress(own, 24));
        s.advanceTo(now);
        return s;
    }

    public static Entropy entropy(long seed) {
        Random random = new Random(seed);
        return random::nextLong;
    }

    /** Lets all that can happen now happen, then moves to the next deadline, as long as needed. */
    public void runUntil(BooleanSupplier done, long atMostNanos) {
        long end = now + atMostNanos;
        while (true) {
            settle();
            if (done.getAsBoolean()) return;
            long next = Math.min(a.nextPollNanos(), b.nextPollNanos());
            if (next == Timed.NEVER || next > end) break;
            now = Math.max(now, next);
        }
        now = end;
        settle();
        if (!done.getAsBoolean()) fail("it did not happen within " + atMostNanos + " ns");
    }

    public void run(long nanos) {
        long end = now + nanos;
        while (true) {
            settle();
            long next = Math.min(a.nextPollNanos(), b.nextPollNanos());
            if (next > end) break;
            now = Math.max(now, next);
        }
        now = end;
        settle();
    }

    /** What happens without time. */
    public void settle() {
        do {
            a.poll(now);
            b.poll(now);
        } while (Math.min(a.nextPollNanos(), b.nextPollNanos()) <= now);
    }

    /** B listens on the port. */
    public TcpEndpoint listen(int port, int backlog) {
        TcpEndpoint l = b.tcp().open(false);
        l.options.reuseAddress = true;
        assertNull(l.bind(new SocketAddress(IpAddress.ANY_V4, port)));
        assertNull(l.listen(backlog));
        return l;
    }

    /** A connects to B's port. */
    public TcpEndpoint connect(int port) {
        TcpEndpoint e = a.tcp().open(false);
        assertEquals(NetError.IN_PROGRESS, e.connect(new SocketAddress(B, port)));
        return e;
    }

    public static TcpEndpoint accept(TwoStacks net, TcpEndpoint listener) {
        net.runUntil(() -> listener.readiness() == Readiness.READABLE, 30 * SECOND);
        TcpEndpoint e = listener.accept();
        if (e == null) throw new AssertionError("nobody to accept");
        return e;
    }
}
