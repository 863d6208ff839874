package stasis.net.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.link.Loopback;
import stasis.net.link.Veth;
import stasis.net.stack.TwoStacks;

import java.util.Objects;

class RouteTableTest {
    private final IpLayer ip = new IpLayer(new NetContext(TwoStacks.entropy(1)));
    private final Nic lo = ip.addNic("lo", new Loopback(), true);
    private final Nic eth = ip.addNic("eth0", Veth.pair(1500, 1, 2)[0], false);
    private final IpAddress own = IpAddress.v4(10, 0, 0, 1);
    private final IpAddress gateway = IpAddress.v4(10, 0, 0, 254);

    RouteTableTest() {
        ip.addAddress(lo, new InterfaceAddress(IpAddress.LOOPBACK_V4, 8));
        ip.addAddress(eth, new InterfaceAddress(own, 24));
    }

    private void defaultRoute(int metric) {
        ip.routes().add(new Route(IpAddress.ANY_V4, 0, gateway, eth, null, metric));
    }

    @Test
    void theLongestPrefixWins() {
        defaultRoute(0);
        IpAddress other = IpAddress.v4(10, 0, 0, 9);
        ip.routes().add(new Route(other, 32, IpAddress.v4(10, 0, 0, 3), eth, null, 100));

        assertEquals(IpAddress.v4(10, 0, 0, 3), nextHop(other));
        assertEquals(IpAddress.v4(10, 0, 0, 8), nextHop(IpAddress.v4(10, 0, 0, 8)));
        assertEquals(gateway, nextHop(IpAddress.v4(8, 8, 8, 8)));
    }

    private IpAddress nextHop(IpAddress to) {
        return Objects.requireNonNull(ip.route(to, 0)).nextHop(to);
    }

    @Test
    void ofEqualPrefixesTheSmallerMetricWins() {
        defaultRoute(100);
        IpAddress better = IpAddress.v4(10, 0, 0, 253);
        ip.routes().add(new Route(IpAddress.ANY_V4, 0, better, eth, null, 10));

        assertEquals(better, nextHop(IpAddress.v4(8, 8, 8, 8)));
    }

    @Test
    void whatIsOursGoesByLoopback() {
        assertEquals(lo, Objects.requireNonNull(ip.route(own, 0)).nic());
        assertEquals(lo, Objects.requireNonNull(ip.route(IpAddress.v4(127, 5, 5, 5), 0)).nic());
        assertEquals(own, ip.sourceFor(own, 0));
    }

    @Test
    void theSourceIsOnTheNetworkOfTheNextHop() {
        ip.addAddress(eth, new InterfaceAddress(IpAddress.v4(192, 168, 1, 1), 24));
        defaultRoute(0);

        assertEquals(own, ip.sourceFor(IpAddress.v4(8, 8, 8, 8), 0));
        assertEquals(IpAddress.v4(192, 168, 1, 1), ip.sourceFor(IpAddress.v4(192, 168, 1, 7), 0));
    }

    @Test
    void anInterfaceThatIsDownHasNoRoutes() {
        eth.setUp(false);
        assertNull(ip.route(IpAddress.v4(10, 0, 0, 8), 0));
    }

    @Test
    void aRemovedAddressTakesItsRouteAlong() {
        assertEquals(true, ip.removeAddress(eth, own));
        assertNull(ip.route(IpAddress.v4(10, 0, 0, 8), 0));
        assertNull(ip.sourceFor(IpAddress.v4(10, 0, 0, 8), 0));
    }

    @Test
    void groupsAreOnTheChosenLinkWithoutARoute() {
        IpAddress group = IpAddress.v4(239, 0, 0, 1);
        assertNull(ip.route(group, 0));
        assertNotNull(ip.route(group, eth.index()));
    }

    @Test
    void directedBroadcastsAreKnown() {
        assertEquals(true, ip.isBroadcast(IpAddress.v4(10, 0, 0, 255)));
        assertEquals(true, ip.isBroadcast(IpAddress.BROADCAST));
        assertEquals(false, ip.isBroadcast(IpAddress.v4(10, 0, 1, 255)));
    }
}
