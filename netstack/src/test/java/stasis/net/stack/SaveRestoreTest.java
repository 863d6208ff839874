package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import static stasis.net.stack.Talk.bytes;
import static stasis.net.stack.Talk.hear;
import static stasis.net.stack.Talk.say;
import static stasis.net.stack.Talk.text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import stasis.net.Entropy;
import stasis.net.IpAddress;
import stasis.net.Readiness;
import stasis.net.SocketAddress;
import stasis.net.link.Faults;
import stasis.net.raw.FrameEndpoint;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpState;
import stasis.net.udp.Datagram;
import stasis.net.udp.UdpEndpoint;
import stasis.state.Saved;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphReader;
import stasis.state.graph.GraphWriter;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Stacks are saved in the midst of things and go on from the snapshot. */
class SaveRestoreTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    /** Both stacks, the cable between them, and the endpoints that a test holds. */
    @Saved("test.World")
    static final class World {
        private NetStack a;
        private NetStack b;
        private List<TcpEndpoint> tcp = new ArrayList<>();
        private List<UdpEndpoint> udp = new ArrayList<>();
        private List<FrameEndpoint> frames = new ArrayList<>();

        @SuppressWarnings("NullAway.Init")
        private World() {}
    }

    private static SavedTypes types() {
        return NetSavedTypes.addTo(new SavedTypes()).add(MethodHandles.lookup(), World.class);
    }

    private static byte[] save(World world) {
        return new GraphWriter(types()).write(world);
    }

    private static World restore(byte[] image) throws Exception {
        return restore(image, 99);
    }

    private static World restore(byte[] image, long seed) throws Exception {
        Map<Class<?>, Object> resources = Map.of(Entropy.class, TwoStacks.entropy(seed));
        return new GraphReader(types()).read(image, World.class, resources);
    }

    private static World worldOf(TwoStacks net, TcpEndpoint... endpoints) {
        World w = new World();
        w.a = net.a;
        w.b = net.b;
        w.tcp.addAll(List.of(endpoints));
        return w;
    }

    /** Saves the world of {@code net} and puts the restored one in its place. */
    private static World saveAndRestore(TwoStacks net, World world) throws Exception {
        World restored = restore(save(world));
        net.a = restored.a;
        net.b = restored.b;
        return restored;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aTransferGoesOnAfterEachOfManySnapshots(int seed) throws Exception {
        TwoStacks net = new TwoStacks(new Faults(20, 10, 5, 30, 5 * MILLI, 5 * MILLI), seed);
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        Transfer up = new Transfer(client, server, 1_000_000, 1);
        Transfer down = new Transfer(server, client, 400_000, 2);
        World world = worldOf(net, client, server);
        boolean[] done = {false};
        int snapshots = 0;
        for (; !done[0] && snapshots < 2000; snapshots++) {
            long until = net.now + 37 * MILLI;
            net.runUntil(
                    () -> (done[0] = Transfer.step(up, down)) || net.now >= until - MILLI,
                    SECOND * 60);
            world = saveAndRestore(net, world);
            up.continueWith(world.tcp.get(0), world.tcp.get(1));
            down.continueWith(world.tcp.get(1), world.tcp.get(0));
        }

        assertEquals(true, done[0]);
        assertEquals(true, snapshots > 5, snapshots + " snapshots");
    }

    @Test
    void savingTwiceGivesTheSameBytes() throws Exception {
        TwoStacks net = new TwoStacks(new Faults(50, 0, 0, 0, 5 * MILLI, 0), 4);
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        Transfer up = new Transfer(client, server, 1_000_000, 1);
        net.runUntil(() -> up.step() || up.received() > 200_000, 100 * SECOND);
        World world = worldOf(net, client, server);
        byte[] first = save(world);

        assertArrayEquals(first, save(world));
        assertArrayEquals(first, save(restore(first)));
    }

    @Test
    void connectionsInTheBacklogAreAcceptedAfterwards() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        net.settle();
        say(client, "unread");
        net.settle();

        World world = saveAndRestore(net, worldOf(net, listener, client));
        TcpEndpoint server = world.tcp.get(0).accept();

        assertNotNull(server);
        assertEquals("unread", hear(server));
        say(world.tcp.get(1), "more");
        net.settle();
        assertEquals("more", hear(server));
    }

    @Test
    void aListenerListensAfterwards() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        World world = saveAndRestore(net, worldOf(net, net.listen(80, 5)));
        TcpEndpoint client = net.connect(80);
        net.settle();

        assertEquals(TcpState.ESTABLISHED, client.state());
        assertNotNull(world.tcp.get(0).accept());
    }

    @Test
    void aHandshakeWhoseSynWasLostIsCompletedAfterwards() throws Exception {
        TwoStacks net = new TwoStacks(new Faults(0, 0, 0, 0, SECOND / 10, 0), 1);
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        net.settle();
        assertEquals(TcpState.SYN_SENT, client.state());

        World world = saveAndRestore(net, worldOf(net, listener, client));
        net.run(5 * SECOND);

        assertEquals(TcpState.ESTABLISHED, world.tcp.get(1).state());
    }

    @Test
    void aHalfClosedConnectionStaysSo() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        client.shutdownWrite();
        net.settle();

        World world = saveAndRestore(net, worldOf(net, client, server));
        TcpEndpoint c = world.tcp.get(0);
        TcpEndpoint s = world.tcp.get(1);

        assertEquals(TcpState.FIN_WAIT_2, c.state());
        assertEquals(TcpState.CLOSE_WAIT, s.state());
        say(s, "last words");
        net.settle();
        assertEquals("last words", hear(c));
        s.close();
        net.settle();
        assertEquals(TcpState.TIME_WAIT, c.state());
    }

    @Test
    void timeWaitEndsAtTheSameTimeAsWithoutASnapshot() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        client.close();
        net.settle();
        server.close();
        net.settle();
        assertEquals(TcpState.TIME_WAIT, client.state());
        net.run(30 * SECOND);

        World world = saveAndRestore(net, worldOf(net, client));
        net.run(29 * SECOND);
        assertEquals(TcpState.TIME_WAIT, world.tcp.get(0).state());
        net.run(2 * SECOND);
        assertEquals(TcpState.CLOSED, world.tcp.get(0).state());
        assertEquals(0, net.a.tcp().connectionCount());
    }

    @Test
    void datagramsWaitThroughASnapshot() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        UdpEndpoint to = net.b.udp().open(false);
        assertNull(to.bind(new SocketAddress(IpAddress.ANY_V4, 53)));
        UdpEndpoint from = net.a.udp().open(false);
        MemorySegment data = bytes("question");
        from.send(data, 0, 8, new SocketAddress(TwoStacks.B, 53));
        net.settle();
        World world = worldOf(net);
        world.udp.add(to);

        World restored = saveAndRestore(net, world);
        Datagram d = restored.udp.get(0).receive(false);

        assertNotNull(d);
        assertEquals("question", text(d.data()));
        assertEquals(TwoStacks.A, d.source().address());
    }

    @Test
    void framesAreSeenAfterwards() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        World world = worldOf(net);
        world.frames.add(net.b.raw().openFrames(FrameEndpoint.ALL));
        World restored = saveAndRestore(net, world);
        net.connect(80);
        net.settle();

        assertNotNull(restored.frames.get(0).receive(false));
    }

    @Test
    void neighboursAreKnownAfterwards() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        net.listen(80, 5);
        net.connect(80);
        net.settle();

        saveAndRestore(net, worldOf(net));
        var known = Objects.requireNonNull(net.a.ip().nic(2)).neighbors().all();
        assertEquals(1, known.size());
        assertEquals(TwoStacks.B, known.iterator().next().address());
    }

    @Test
    void aPacketOfWhichPartsHaveComeBecomesWholeAfterwards() throws Exception {
        TwoStacks net = new TwoStacks(new Faults(0, 0, 0, 1000, 0, SECOND), 6);
        UdpEndpoint to = net.b.udp().open(false);
        assertNull(to.bind(new SocketAddress(IpAddress.ANY_V4, 53)));
        MemorySegment data = MemorySegment.ofArray(new byte[20_000]);
        net.a.udp().open(false).send(data, 0, 20_000, new SocketAddress(TwoStacks.B, 53));
        World world = worldOf(net);
        world.udp.add(to);
        for (int i = 0; i < 30; i++) {
            net.run(100 * MILLI);
            world = saveAndRestore(net, world);
        }

        assertEquals(20_000, world.udp.get(0).nextLength());
    }

    @Test
    void aBufferThatIsFullIsAnEventAfterwardsToo() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        MemorySegment much = MemorySegment.ofArray(new byte[100_000]);
        while (client.send(much, 0, 100_000, false) > 0) net.settle();

        World world = saveAndRestore(net, worldOf(net, client, server));
        int[] events = {0};
        world.tcp.get(0).observe(bits -> events[0] |= bits);
        for (int i = 0; i < 100 && events[0] == 0; i++) {
            world.tcp.get(1).receive(much, 0, 100_000, false);
            net.settle();
        }
        assertEquals(Readiness.WRITABLE, events[0]);
    }

    @Test
    void twoStacksOfOneSnapshotChooseOtherPorts() throws Exception {
        TwoStacks net = TwoStacks.perfect();
        byte[] image = save(worldOf(net));
        World one = restore(image, 1);
        World two = restore(image, 2);

        assertEquals(false, portOf(one) == portOf(two));
    }

    private static int portOf(World w) {
        UdpEndpoint e = w.a.udp().open(false);
        assertNull(e.bind(new SocketAddress(IpAddress.ANY_V4, 0)));
        return e.local().port();
    }
}
