package stasis.kernel.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Socket.AF_INET;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.inet.UdpSocket;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.wait.Waiter;
import stasis.net.IpAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;
import stasis.net.link.Veth;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

class NetworkTest {
    private final IpcFixture caller = new IpcFixture();
    private final Network network = new Network(() -> 12345, caller.monotonicClock());

    @BeforeEach
    void start() {
        network.start();
    }

    private UdpSocket datagramSocket() {
        var inode = AnonymousFilesystem.newSocket(caller.vfs, caller);
        return UdpSocket.open(network, inode, caller, AF_INET);
    }

    private static byte[] loopback(int port) {
        return new byte[] {
            AF_INET, 0, (byte) (port >> 8), (byte) port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
        };
    }

    private Outgoing message(int port) {
        return new Outgoing(
                MemorySegment.ofArray(new byte[5]),
                0,
                5,
                loopback(port),
                List.of(),
                PeerCredentials.real(caller));
    }

    @Test
    void anIdleNetworkWaitsForNoTime() {
        assertEquals(MonotonicClock.NEVER, caller.monotonicClock().runExpired());
    }

    @Test
    void whatIsSentOverLoHasArrivedWhenTheCallReturns() throws Exception {
        UdpSocket receiver = datagramSocket();
        receiver.bind(caller, loopback(2000));

        datagramSocket().send(caller, message(2000));

        assertEquals(POLLIN, receiver.readiness() & POLLIN);
        assertEquals(MonotonicClock.NEVER, caller.monotonicClock().runExpired());
    }

    @Test
    void whoWaitsIsWokenWithoutTheLock() throws Exception {
        UdpSocket receiver = datagramSocket();
        receiver.bind(caller, loopback(2000));
        boolean[] held = {true};
        receiver.waitQueue().add(new Waiter((_, _) -> held[0] = network.lock().heldByMe(), POLLIN));

        datagramSocket().send(caller, message(2000));

        assertFalse(held[0]);
    }

    @Test
    void theStacksDeadlinesAreThoseOfTheGuestsClock() throws Exception {
        Veth[] cable = Veth.pair(1500, 0x020000000001L, 0x020000000002L);
        InterfaceAddress own = new InterfaceAddress(IpAddress.v4(10, 0, 0, 1), 24);
        network.plug("eth0", cable[0], List.of(own), List.of());
        byte[] nobody = loopback(9);
        nobody[4] = 10;
        nobody[7] = 99;
        Outgoing lost =
                new Outgoing(
                        MemorySegment.ofArray(new byte[1]),
                        0,
                        1,
                        nobody,
                        List.of(),
                        PeerCredentials.real(caller));
        datagramSocket().send(caller, lost);

        // a neighbour is asked for three times, a second apart
        assertTrue(cable[1].nextNanos() < 0, "the first question was not asked");
        assertNotNull(cable[1].receive(0));
        caller.hostNanos += 1_000_000_000;
        caller.monotonicClock().runExpired();
        assertNotNull(cable[1].receive(0));
    }

    @Test
    void nothingMovesWhileItIsStopped() throws Exception {
        UdpSocket receiver = datagramSocket();
        receiver.bind(caller, loopback(2000));
        UdpSocket sender = datagramSocket();
        network.stop();

        sender.send(caller, message(2000));

        assertEquals(0, receiver.readiness() & POLLIN);
        network.start();
        assertEquals(POLLIN, receiver.readiness() & POLLIN);
    }

    @Test
    void aPluggedInterfaceHasTheRouteToItsNetwork() {
        Veth[] cable = Veth.pair(1500, 0x020000000001L, 0x020000000002L);
        InterfaceAddress own = new InterfaceAddress(IpAddress.v4(10, 0, 0, 1), 24);
        Gateway everywhere = new Gateway(IpAddress.ANY_V4, 0, IpAddress.v4(10, 0, 0, 254), 0);

        Nic nic = network.plug("eth0", cable[0], List.of(own), List.of(everywhere));

        try (var _ = network.lock().hold()) {
            var ip = network.stack().ip();
            assertEquals(nic, Objects.requireNonNull(ip.route(IpAddress.v4(10, 0, 0, 7), 0)).nic());
            assertEquals(nic, Objects.requireNonNull(ip.route(IpAddress.v4(8, 8, 8, 8), 0)).nic());
        }
    }

    @Test
    void aReaderOfALinkEndsWithTheKernel() {
        assertTrue(network.inputReady());
        network.end();
        assertFalse(network.inputReady());
    }
}
