package stasis.net;

import stasis.state.Saved;

/** One end of a conversation. Port 0 stands for none. */
@Saved("net.SocketAddress")
public record SocketAddress(IpAddress address, int port) {
    public SocketAddress {
        if (port < 0 || port > 0xffff) throw new IllegalArgumentException("port " + port);
    }

    @Override
    public String toString() {
        return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
    }
}
