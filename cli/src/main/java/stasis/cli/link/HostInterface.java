package stasis.cli.link;

import stasis.net.ip.InterfaceAddress;

import java.util.List;

/**
 * An interface of a network namespace of the host.
 *
 * @param address of its link
 * @param routes but for those that come with its addresses
 */
record HostInterface(
        int index,
        String name,
        int hardware,
        int flags,
        int mtu,
        long address,
        List<InterfaceAddress> addresses,
        List<HostRoute> routes) {

    boolean isUp() {
        return (flags & Rtnetlink.IFF_UP) != 0;
    }

    boolean isLoopback() {
        return (flags & Rtnetlink.IFF_LOOPBACK) != 0;
    }

    boolean isEthernet() {
        return hardware == Rtnetlink.ARPHRD_ETHER;
    }
}
