package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;

import java.util.Arrays;

/**
 * The routes asked for lately. Every packet asks several times; a change of anything forgets all.
 */
final class RouteCache {
    private static final int SIZE = 64;

    private final @Nullable IpAddress[] destinations = new IpAddress[SIZE];
    private final int[] nics = new int[SIZE];
    private final @Nullable Route[] routes = new Route[SIZE];

    RouteCache() {}

    @Nullable Route get(IpAddress destination, int nicIndex) {
        int at = place(destination, nicIndex);
        boolean hit = nics[at] == nicIndex && destination.equals(destinations[at]);
        return hit ? routes[at] : null;
    }

    void put(IpAddress destination, int nicIndex, Route route) {
        int at = place(destination, nicIndex);
        destinations[at] = destination;
        nics[at] = nicIndex;
        routes[at] = route;
    }

    void clear() {
        Arrays.fill(destinations, null);
        Arrays.fill(routes, null);
    }

    private static int place(IpAddress destination, int nicIndex) {
        return ((int) destination.low() ^ (int) destination.high() ^ nicIndex) & SIZE - 1;
    }
}
