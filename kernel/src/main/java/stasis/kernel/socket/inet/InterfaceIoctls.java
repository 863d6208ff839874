package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EADDRNOTAVAIL;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Ioctls.SIOCGIFADDR;
import static stasis.abi.Ioctls.SIOCGIFBRDADDR;
import static stasis.abi.Ioctls.SIOCGIFCONF;
import static stasis.abi.Ioctls.SIOCGIFDSTADDR;
import static stasis.abi.Ioctls.SIOCGIFFLAGS;
import static stasis.abi.Ioctls.SIOCGIFHWADDR;
import static stasis.abi.Ioctls.SIOCGIFINDEX;
import static stasis.abi.Ioctls.SIOCGIFMETRIC;
import static stasis.abi.Ioctls.SIOCGIFMTU;
import static stasis.abi.Ioctls.SIOCGIFNAME;
import static stasis.abi.Ioctls.SIOCGIFNETMASK;
import static stasis.abi.Ioctls.SIOCGIFTXQLEN;
import static stasis.abi.Ioctls.SIOCSIFFLAGS;
import static stasis.abi.NetIf.ARPHRD_ETHER;
import static stasis.abi.NetIf.ARPHRD_LOOPBACK;
import static stasis.abi.NetIf.IFF_UP;
import static stasis.abi.NetIf.IFNAMSIZ;
import static stasis.abi.Socket.AF_INET;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Interfaces;
import stasis.kernel.net.Network;
import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * SIOCGIF*, netdevice(7).
 *
 * <pre>
 * struct ifreq                         struct ifconf
 * offset  size  field                  offset  size  field
 *      0    16  ifr_name                    0     4  ifc_len
 *     16    24  address, number or name     8     8  ifc_buf
 *     40        sizeof                     16        sizeof
 * </pre>
 */
public final class InterfaceIoctls {
    private static final int REQUEST = 40;
    private static final int VALUE = IFNAMSIZ;
    private static final int FIRST = 0x8900;
    private static final int LAST = 0x89ff;

    private InterfaceIoctls() {}

    public static long run(Network network, Caller caller, int request, long arg)
            throws ErrnoException {
        if (request < FIRST || request > LAST) throw ENOTTY.exception();
        if (request == SIOCGIFCONF) return list(network, caller, arg);
        if (arg == 0) throw EFAULT.exception();
        byte[] bytes = caller.memory().readBytes(arg, REQUEST);
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try (var _ = network.enter()) {
            if (request == SIOCGIFNAME) name(network, b);
            else one(network, caller, request, b);
        }
        caller.memory().writeBytes(arg, bytes);
        return 0;
    }

    /** An alias, "eth0:1", stands for its interface. */
    private static Nic named(Network network, ByteBuffer request) throws ErrnoException {
        String all = StandardCharsets.ISO_8859_1.decode(request.slice(0, IFNAMSIZ)).toString();
        String name = all.split("\0", 2)[0].split(":", 2)[0];
        Nic nic = Interfaces.named(network.stack(), name);
        if (nic == null) throw ENODEV.exception();
        return nic;
    }

    private static void name(Network network, ByteBuffer b) throws ErrnoException {
        Nic nic = network.stack().ip().nic(b.getInt(VALUE));
        if (nic == null) throw ENODEV.exception();
        putName(b, 0, nic);
    }

    private static void putName(ByteBuffer b, int at, Nic nic) {
        byte[] name = nic.name().getBytes(StandardCharsets.ISO_8859_1);
        byte[] padded = java.util.Arrays.copyOf(name, IFNAMSIZ);
        padded[IFNAMSIZ - 1] = 0;
        b.put(at, padded);
    }

    private static void one(Network network, Caller caller, int request, ByteBuffer b)
            throws ErrnoException {
        Nic nic = named(network, b);
        switch (request) {
            case SIOCGIFFLAGS -> b.putShort(VALUE, (short) Interfaces.flags(nic));
            case SIOCGIFINDEX -> b.putInt(VALUE, nic.index());
            case SIOCGIFMTU -> b.putInt(VALUE, nic.mtu());
            case SIOCGIFMETRIC -> b.putInt(VALUE, 0);
            case SIOCGIFTXQLEN -> b.putInt(VALUE, Interfaces.QUEUE_LENGTH);
            case SIOCGIFHWADDR -> putHardwareAddress(b, nic);
            case SIOCGIFADDR, SIOCGIFDSTADDR -> putAddress(b, VALUE, address(nic).address());
            case SIOCGIFNETMASK -> putAddress(b, VALUE, mask(address(nic)));
            case SIOCGIFBRDADDR -> putAddress(b, VALUE, broadcast(nic));
            case SIOCSIFFLAGS -> setFlags(caller, nic, b.getShort(VALUE));
            default -> throw EINVAL.exception();
        }
    }

    /** Unlike Linux, only IFF_UP can be changed. */
    private static void setFlags(Caller caller, Nic nic, int flags) throws ErrnoException {
        if (!caller.credentials().has(Capability.CAP_NET_ADMIN)) throw EPERM.exception();
        nic.setUp((flags & IFF_UP) != 0);
    }

    private static InterfaceAddress address(Nic nic) throws ErrnoException {
        InterfaceAddress first = firstV4(nic);
        if (first == null) throw EADDRNOTAVAIL.exception();
        return first;
    }

    private static @Nullable InterfaceAddress firstV4(Nic nic) {
        for (InterfaceAddress a : nic.addresses()) if (a.address().isV4()) return a;
        return null;
    }

    private static IpAddress mask(InterfaceAddress a) {
        return IpAddress.v4(a.prefixLength() == 0 ? 0 : -1 << (32 - a.prefixLength()));
    }

    private static IpAddress broadcast(Nic nic) throws ErrnoException {
        InterfaceAddress a = address(nic);
        if (nic.isLoopback() || a.prefixLength() > 30) return IpAddress.ANY_V4;
        return IpAddress.v4(a.address().v4Bits() | ~mask(a).v4Bits());
    }

    private static void putAddress(ByteBuffer b, int at, IpAddress address) {
        b.put(at, Sockaddr.format(new SocketAddress(address, 0), AF_INET, 0));
    }

    private static void putHardwareAddress(ByteBuffer b, Nic nic) {
        boolean ethernet = nic.link().isEthernet();
        b.putShort(VALUE, (short) (ethernet ? ARPHRD_ETHER : ARPHRD_LOOPBACK));
        b.put(VALUE + 2, Interfaces.hardwareAddress(nic));
    }

    /** Those with an IPv4 address. With no buffer: how much room they need. */
    private static long list(Network network, Caller caller, long arg) throws ErrnoException {
        int room = caller.memory().readInt(arg);
        long to = caller.memory().readLong(arg + 8);
        byte[] all;
        try (var _ = network.lock().hold()) {
            ByteBuffer b = ByteBuffer.allocate(REQUEST * network.stack().ip().nics().size());
            for (Nic nic : network.stack().ip().nics()) {
                InterfaceAddress a = firstV4(nic);
                if (a == null) continue;
                putName(b, b.position(), nic);
                putAddress(b, b.position() + VALUE, a.address());
                b.position(b.position() + REQUEST);
            }
            all = java.util.Arrays.copyOf(b.array(), b.position());
        }
        int fits =
                to == 0 ? all.length : Math.max(0, Math.min(all.length, room / REQUEST * REQUEST));
        if (to != 0) caller.memory().writeBytes(to, java.util.Arrays.copyOf(all, fits));
        caller.memory().writeInt(arg, fits);
        return 0;
    }
}
