package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.state.Saved;

/**
 * Destinations with this prefix leave by {@code nic}, to {@code gateway} or, without one, to the
 * destination itself. Of equal prefixes the smaller metric wins.
 */
@Saved("net.Route")
public record Route(
        IpAddress destination,
        int prefixLength,
        @Nullable IpAddress gateway,
        Nic nic,
        @Nullable IpAddress source,
        int metric) {
    boolean matches(IpAddress address) {
        return address.hasPrefix(destination, prefixLength);
    }

    IpAddress nextHop(IpAddress address) {
        return gateway == null ? address : gateway;
    }
}
