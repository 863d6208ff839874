package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import stasis.net.link.Faults;
import stasis.net.tcp.TcpEndpoint;
import stasis.net.tcp.TcpSettings;
import stasis.net.tcp.TcpState;

/** Much data over links of all kinds. */
class TransferTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    @Test
    void megabytesArriveOverAPerfectLink() {
        TwoStacks net = TwoStacks.perfect();

        transfer(net, 20_000_000, 60 * SECOND);
        assertEquals(0, net.a.context().pool().outstanding());
        assertEquals(0, net.b.context().pool().outstanding());
    }

    @Test
    void megabytesArriveWithRoundTripsOfFortyMilliseconds() {
        TwoStacks net = new TwoStacks(new Faults(0, 0, 0, 0, 20 * MILLI, 0), 1);
        long before = net.now;

        transfer(net, 20_000_000, 600 * SECOND);
        assertTrue(net.now - before < 5 * SECOND, "took " + (net.now - before) / MILLI + " ms");
    }

    @Test
    void largeBuffersAreGivenBackWhenTheConnectionFallsSilent() {
        TwoStacks net = new TwoStacks(new Faults(0, 0, 0, 0, 20 * MILLI, 0), 1);
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        Transfer up = new Transfer(client, server, 10_000_000, 1);
        net.runUntil(() -> up.step() || up.sent() > 9_000_000, 60 * SECOND);
        assertTrue(client.footprint() > 500_000 && server.footprint() > 500_000);
        net.runUntil(up::step, 60 * SECOND);
        net.run(3 * SECOND);

        assertEquals(0, client.footprint() + server.footprint());
        Talk.say(server, "on it goes");
        net.run(SECOND);
        assertEquals("on it goes", Talk.hear(client));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void dataArriveInOrderOverALinkThatDoesEverythingWrong(int seed) {
        Faults faults = new Faults(20, 20, 10, 50, 5 * MILLI, 10 * MILLI);

        transfer(new TwoStacks(faults, seed), 2_000_000, 3600 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void dataArriveWhenEveryFifthPacketIsLost(int seed) {
        Faults faults = new Faults(200, 0, 0, 0, MILLI, 0);

        transfer(new TwoStacks(faults, seed), 300_000, 3600 * SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void everyCombinationOfOptionsSurvivesLoss(int options) {
        TcpSettings settings =
                TcpSettings.defaults()
                        .withSack((options & 1) != 0)
                        .withTimestamps((options & 2) != 0)
                        .withWindowScaling((options & 4) != 0);
        Faults faults = new Faults(20, 5, 5, 20, 2 * MILLI, 4 * MILLI);
        TcpSettings other = settings.withCubic(false);
        TwoStacks net = new TwoStacks(faults, options, settings, other, 1500);

        transfer(net, 500_000, 3600 * SECOND);
    }

    private static void transfer(TwoStacks net, long bytes, long atMost) {
        TcpEndpoint listener = net.listen(80, 5);
        TcpEndpoint client = net.connect(80);
        TcpEndpoint server = TwoStacks.accept(net, listener);
        Transfer up = new Transfer(client, server, bytes, 1);
        Transfer down = new Transfer(server, client, bytes / 3, 2);
        net.runUntil(() -> Transfer.step(up, down), atMost);
        client.close();
        server.close();
        net.runUntil(
                () -> net.a.tcp().connectionCount() + net.b.tcp().connectionCount() <= 1,
                600 * SECOND);
        assertTrue(
                client.state() == TcpState.TIME_WAIT || client.state() == TcpState.CLOSED,
                () -> "client is " + client.state());
    }
}
