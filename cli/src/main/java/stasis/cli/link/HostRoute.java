package stasis.cli.link;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;

/** A route of the host's main table, by an interface. */
record HostRoute(
        IpAddress destination, int prefixLength, @Nullable IpAddress gateway, int metric) {}
