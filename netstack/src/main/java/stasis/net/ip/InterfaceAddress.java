package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.state.Saved;

/** An address of an interface, and how much of it names the network. */
@Saved("net.InterfaceAddress")
public record InterfaceAddress(IpAddress address, int prefixLength) {
    public InterfaceAddress {
        if (prefixLength < 0 || prefixLength > (address.isV4() ? 32 : 128)) {
            throw new IllegalArgumentException("prefix length " + prefixLength);
        }
    }

    /** Whether {@code other} is all hosts of this network, or the network itself. */
    boolean isDirectedBroadcast(int other) {
        if (!address.isV4() || prefixLength > 30) return false;
        int hosts = -1 >>> prefixLength;
        boolean sameNet = ((other ^ address.v4Bits()) & ~hosts) == 0;
        int host = other & hosts;
        return sameNet && (host == hosts || host == 0);
    }
}
