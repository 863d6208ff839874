package stasis.net.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.NetError;

/** bind(2) as socket(7) and ip(7) have it. */
class PortsTest {
    private static final IpAddress X = IpAddress.v4(10, 0, 0, 1);
    private static final IpAddress Y = IpAddress.v4(10, 0, 0, 2);
    private final Ports ports = new Ports();

    private static PortBinding plain(IpAddress a, int port) {
        return new PortBinding(a, port, false, false, false, 0, 0);
    }

    private static PortBinding reusing(IpAddress a, int port) {
        return new PortBinding(a, port, false, true, false, 0, 0);
    }

    @Test
    void onePortOfTwoAddressesIsTwo() {
        assertNull(ports.bind(plain(X, 80), 0));
        assertNull(ports.bind(plain(Y, 80), 0));
        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(plain(X, 80), 0));
        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(plain(IpAddress.ANY_V4, 80), 0));
    }

    @Test
    void aDualSocketTakesThePortOfBothFamilies() {
        assertNull(ports.bind(plain(IpAddress.ANY_V6, 80), 0));
        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(plain(IpAddress.ANY_V4, 80), 0));
        PortBinding only = new PortBinding(IpAddress.ANY_V6, 81, true, false, false, 0, 0);
        assertNull(ports.bind(only, 0));
        assertNull(ports.bind(plain(IpAddress.ANY_V4, 81), 0));
    }

    @Test
    void reuseAddressSharesUnlessOneListens() {
        PortBinding first = reusing(X, 80);
        assertNull(ports.bind(first, 0));
        PortBinding second = reusing(X, 80);
        assertNull(ports.bind(second, 0));
        assertNull(ports.listen(first));
        assertEquals(NetError.ADDRESS_IN_USE, ports.listen(second));
        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(reusing(X, 80), 0));
    }

    @Test
    void afterAListenerItsConnectionsBarThePortWithoutReuseAddress() {
        PortBinding listener = reusing(IpAddress.ANY_V4, 80);
        assertNull(ports.bind(listener, 0));
        assertNull(ports.listen(listener));
        ports.share(listener.forAccepted(X));
        ports.release(listener);

        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(plain(IpAddress.ANY_V4, 80), 0));
        PortBinding again = reusing(IpAddress.ANY_V4, 80);
        assertNull(ports.bind(again, 0));
        assertNull(ports.listen(again));
    }

    @Test
    void chosenPortsAreOfTheRangeAndRunOut() {
        ports.ephemeralRange(100, 109);
        for (int i = 0; i < 10; i++) {
            PortBinding b = plain(X, 0);
            assertNull(ports.bind(b, 7));
            assertTrue(b.port() >= 100 && b.port() <= 109);
        }
        assertEquals(NetError.ADDRESS_IN_USE, ports.bind(plain(X, 0), 7));
    }

    @Test
    void connectionsToOthersShareAChosenPort() {
        ports.ephemeralRange(100, 100);
        assertNull(ports.connect(plain(X, 0), 0, _ -> true));
        assertNull(ports.connect(plain(X, 0), 0, _ -> true));
        NetError none = ports.connect(plain(X, 0), 0, _ -> false);
        assertEquals(NetError.ADDRESS_NOT_AVAILABLE, none);
    }

    @Test
    void aReleasedPortIsFree() {
        PortBinding b = plain(X, 80);
        assertNull(ports.bind(b, 0));
        ports.release(b);
        assertNull(ports.bind(plain(X, 80), 0));
    }

    @Test
    void otherInterfacesDoNotConflict() {
        assertNull(ports.bind(new PortBinding(X, 80, false, false, false, 0, 1), 0));
        assertNull(ports.bind(new PortBinding(X, 80, false, false, false, 0, 2), 0));
    }
}
