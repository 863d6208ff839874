package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * All frames of one interface of the network namespace that the calling thread is in, packet(7).
 * Each is preceded by a {@code struct virtio_net_hdr}, so that large ones come as the host has them
 * and leave to be cut by whoever has to.
 */
public final class PacketSocket {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final short ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final short PACKET_MR_ALLMULTI = 2;
    private static final int PACKET_MREQ_BYTES = 16;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;

    private PacketSocket() {}

    /**
     * @param bufferBytes what the host keeps at most for a reader that is behind
     */
    public static HostFd open(int interfaceIndex, int bufferBytes) throws HostException {
        // protocol 0: nothing arrives before it is bound
        long socket =
                Host.syscall(Nr.SOCKET, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        HostFd fd = new HostFd((int) HostException.check(socket, "socket(AF_PACKET)"));
        try {
            set(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes, "SO_RCVBUFFORCE");
            set(fd, SOL_SOCKET, SO_SNDBUFFORCE, bufferBytes, "SO_SNDBUFFORCE");
            set(fd, SOL_PACKET, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
            set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
            bind(fd, interfaceIndex);
            allGroups(fd, interfaceIndex);
            return fd;
        } catch (HostException e) {
            fd.close();
            throw e;
        }
    }

    private static void set(HostFd fd, int level, int option, int value, String name)
            throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocateFrom(JAVA_INT, value).address();
            long result = Host.syscall(Nr.SETSOCKOPT, fd.number(), level, option, at, 4, 0);
            HostException.check(result, "setsockopt(" + name + ")");
        }
    }

    /**
     * The host does not know which groups the sandbox is in, as those of its IPv6 addresses; {@code
     * struct packet_mreq}: index, type, length, address.
     */
    private static void allGroups(HostFd fd, int interfaceIndex) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment wish = arena.allocate(PACKET_MREQ_BYTES, 4);
            wish.set(JAVA_INT, 0, interfaceIndex);
            wish.set(JAVA_SHORT, 4, PACKET_MR_ALLMULTI);
            long result =
                    Host.syscall(
                            Nr.SETSOCKOPT,
                            fd.number(),
                            SOL_PACKET,
                            PACKET_ADD_MEMBERSHIP,
                            wish.address(),
                            PACKET_MREQ_BYTES,
                            0);
            HostException.check(result, "setsockopt(PACKET_ADD_MEMBERSHIP)");
        }
    }

    /** {@code struct sockaddr_ll}: family, protocol, index. */
    private static void bind(HostFd fd, int interfaceIndex) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, 4);
            address.set(JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(JAVA_SHORT, 2, ETH_P_ALL_BIG_ENDIAN);
            address.set(JAVA_INT, 4, interfaceIndex);
            long result = Host.syscall(Nr.BIND, fd.number(), address.address(), SOCKADDR_LL_BYTES);
            HostException.check(result, "bind(interface " + interfaceIndex + ")");
        }
    }
}
