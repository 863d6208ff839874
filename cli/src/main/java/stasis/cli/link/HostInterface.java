package stasis.cli.link;

import static stasis.abi.NetIf.ARPHRD_ETHER;
import static stasis.abi.NetIf.IFF_LOOPBACK;
import static stasis.abi.NetIf.IFF_UP;

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
        return (flags & IFF_UP) != 0;
    }

    boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }

    boolean isEthernet() {
        return hardware == ARPHRD_ETHER;
    }
}
