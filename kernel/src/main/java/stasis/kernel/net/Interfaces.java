package stasis.kernel.net;

import static stasis.abi.NetIf.IFF_BROADCAST;
import static stasis.abi.NetIf.IFF_LOOPBACK;
import static stasis.abi.NetIf.IFF_MULTICAST;
import static stasis.abi.NetIf.IFF_NOARP;
import static stasis.abi.NetIf.IFF_RUNNING;
import static stasis.abi.NetIf.IFF_UP;

import org.jspecify.annotations.Nullable;

import stasis.net.ip.Nic;
import stasis.net.stack.NetStack;

/** What Linux tells of an interface, netdevice(7). Precondition: the network's lock is held. */
public final class Interfaces {
    /** That of Linux's own interfaces. */
    public static final int QUEUE_LENGTH = 1000;

    private static final int ETHERNET_ADDRESS = 6;

    private Interfaces() {}

    public static @Nullable Nic named(NetStack stack, String name) {
        for (Nic nic : stack.ip().nics()) if (nic.name().equals(name)) return nic;
        return null;
    }

    /** IFF_*. */
    public static int flags(Nic nic) {
        int up = nic.isUp() ? IFF_UP | IFF_RUNNING : 0;
        if (nic.isLoopback()) return up | IFF_LOOPBACK;
        int kind = nic.link().isEthernet() ? IFF_BROADCAST | IFF_MULTICAST : IFF_NOARP;
        return up | kind;
    }

    public static byte[] hardwareAddress(Nic nic) {
        byte[] address = new byte[ETHERNET_ADDRESS];
        long bits = nic.link().address();
        for (int i = 0; i < address.length; i++) address[i] = (byte) (bits >>> (40 - 8 * i));
        return address;
    }
}
