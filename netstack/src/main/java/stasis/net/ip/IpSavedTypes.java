package stasis.net.ip;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of the Internet layer may appear in a snapshot. */
public final class IpSavedTypes {
    private IpSavedTypes() {}

    public static void addTo(SavedTypes types) {
        types.add(
                MethodHandles.lookup(),
                FragmentKey.class,
                Fragments.class,
                IcmpError.class,
                InterfaceAddress.class,
                IpCounters.class,
                IpLayer.class,
                Neighbor.class,
                Neighbors.class,
                NetContext.class,
                Nic.class,
                NicCounters.class,
                PathMtus.class,
                PathMtus.Known.class,
                Reassembly.class,
                Route.class,
                RouteTable.class,
                SendOptions.class);
    }
}
