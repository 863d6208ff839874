package stasis.net.tcp;

import stasis.net.IpAddress;

/** Both ends of a connection. */
record SocketPair(IpAddress local, int localPort, IpAddress remote, int remotePort) {}
