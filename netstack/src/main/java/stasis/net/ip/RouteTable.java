package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Routes, the longest prefix first, so that the first that matches is the one. */
@Saved("net.RouteTable")
public final class RouteTable {
    private static final Comparator<Route> ORDER =
            Comparator.comparingInt((Route r) -> -r.prefixLength()).thenComparingInt(Route::metric);

    private IpLayer ip;
    private List<Route> routes = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // for a restore
    private RouteTable() {}

    RouteTable(IpLayer ip) {
        this.ip = ip;
    }

    public void add(Route route) {
        routes.add(route);
        routes.sort(ORDER);
        ip.routesChanged();
    }

    public boolean remove(Route route) {
        ip.routesChanged();
        return routes.remove(route);
    }

    void removeAllOf(Nic nic) {
        ip.routesChanged();
        routes.removeIf(r -> r.nic() == nic);
    }

    public List<Route> all() {
        return Collections.unmodifiableList(routes);
    }

    /** With {@code nicIndex} 0 by any interface. No iterator: this runs for every packet. */
    @Nullable Route lookup(IpAddress destination, int nicIndex) {
        for (int i = 0; i < routes.size(); i++) {
            Route r = routes.get(i);
            if (nicIndex != 0 && r.nic().index() != nicIndex) continue;
            if (r.nic().isUp() && r.matches(destination)) return r;
        }
        return null;
    }
}
