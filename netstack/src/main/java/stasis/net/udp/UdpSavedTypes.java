package stasis.net.udp;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of UDP may appear in a snapshot. */
public final class UdpSavedTypes {
    private UdpSavedTypes() {}

    public static void addTo(SavedTypes types) {
        types.add(
                MethodHandles.lookup(),
                Datagram.class,
                UdpCounters.class,
                UdpEndpoint.class,
                UdpEndpoint.Membership.class,
                UdpOptions.class,
                UdpProtocol.class);
    }
}
