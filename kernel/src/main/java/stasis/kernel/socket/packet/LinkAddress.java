package stasis.kernel.socket.packet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.NetIf.ARPHRD_ETHER;
import static stasis.abi.NetIf.ARPHRD_LOOPBACK;
import static stasis.abi.Packet.ETH_ALEN;
import static stasis.abi.Packet.PACKET_BROADCAST;
import static stasis.abi.Packet.PACKET_HOST;
import static stasis.abi.Packet.PACKET_MULTICAST;
import static stasis.abi.Packet.PACKET_OTHERHOST;
import static stasis.abi.Packet.PACKET_OUTGOING;
import static stasis.abi.Socket.AF_PACKET;

import stasis.abi.ErrnoException;
import stasis.kernel.net.Interfaces;
import stasis.net.ip.Nic;
import stasis.net.raw.Frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The names of packet sockets, packet(7).
 *
 * <pre>
 * struct sockaddr_ll
 * offset  size  field
 *      0     2  sll_family
 *      2     2  sll_protocol   big-endian
 *      4     4  sll_ifindex
 *      8     2  sll_hatype     ARPHRD_*
 *     10     1  sll_pkttype    PACKET_*
 *     11     1  sll_halen
 *     12     8  sll_addr
 *     20        sizeof
 * </pre>
 */
record LinkAddress(int protocol, int nicIndex) {
    private static final int BYTES = 20;
    private static final int LEAST = 12;

    /** As getsockname(2) tells it: up to the end of an Ethernet address. */
    private static final int NAME_BYTES = 18;

    static LinkAddress parse(byte[] address) throws ErrnoException {
        if (address.length < LEAST) throw EINVAL.exception();
        ByteBuffer b = ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN);
        if (b.getShort(0) != AF_PACKET) throw EINVAL.exception();
        int protocol = Short.toUnsignedInt(Short.reverseBytes(b.getShort(2)));
        return new LinkAddress(protocol, b.getInt(4));
    }

    private static ByteBuffer begin(byte[] to, int protocol, int nicIndex) {
        ByteBuffer b = ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort(0, (short) AF_PACKET).putShort(2, Short.reverseBytes((short) protocol));
        return b.putInt(4, nicIndex);
    }

    private static void putLink(ByteBuffer b, Nic nic, byte[] address) {
        boolean ethernet = nic.link().isEthernet();
        b.putShort(8, (short) (ethernet ? ARPHRD_ETHER : ARPHRD_LOOPBACK));
        b.put(11, (byte) ETH_ALEN).put(12, address);
    }

    /** getsockname(2); {@code nic} null: all interfaces. */
    static byte[] ofSocket(int protocol, @org.jspecify.annotations.Nullable Nic nic) {
        byte[] name = new byte[BYTES];
        ByteBuffer b = begin(name, protocol, nic == null ? 0 : nic.index());
        if (nic != null) putLink(b, nic, Interfaces.hardwareAddress(nic));
        return java.util.Arrays.copyOf(name, nic == null ? LEAST : NAME_BYTES);
    }

    /** Whom a frame came from. */
    static byte[] ofFrame(Frame frame, Nic nic) {
        byte[] name = new byte[BYTES];
        ByteBuffer b = begin(name, frame.protocol(), frame.nicIndex());
        byte[] sender = new byte[ETH_ALEN];
        if (frame.headerLength() >= 2 * ETH_ALEN && frame.data().length >= 2 * ETH_ALEN) {
            System.arraycopy(frame.data(), ETH_ALEN, sender, 0, ETH_ALEN);
        }
        putLink(b, nic, sender);
        b.put(10, (byte) kind(frame.kind()));
        return name;
    }

    private static int kind(Frame.Kind kind) {
        return switch (kind) {
            case HOST -> PACKET_HOST;
            case BROADCAST -> PACKET_BROADCAST;
            case MULTICAST -> PACKET_MULTICAST;
            case OTHER_HOST -> PACKET_OTHERHOST;
            case OUTGOING -> PACKET_OUTGOING;
        };
    }
}
