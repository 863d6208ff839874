package stasis.kernel.net;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;

/**
 * A route of an interface that is plugged in: to {@code destination} by {@code gateway}, or, if
 * that is null, directly. The routes to its own networks come with its addresses.
 */
public record Gateway(
        IpAddress destination, int prefixLength, @Nullable IpAddress gateway, int metric) {
    public Gateway {
        if (prefixLength < 0 || prefixLength > (destination.isV4() ? 32 : 128)) {
            throw new IllegalArgumentException("prefix length " + prefixLength);
        }
    }
}
