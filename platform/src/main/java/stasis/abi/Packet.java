package stasis.abi;

/** {@code linux/if_packet.h} and {@code linux/if_ether.h}. */
public final class Packet {
    private Packet() {}

    public static final int PACKET_HOST = 0x0;
    public static final int PACKET_BROADCAST = 0x1;
    public static final int PACKET_MULTICAST = 0x2;
    public static final int PACKET_OTHERHOST = 0x3;
    public static final int PACKET_OUTGOING = 0x4;

    public static final int SOL_PACKET = 0x107;
    public static final int PACKET_ADD_MEMBERSHIP = 0x1;
    public static final int PACKET_DROP_MEMBERSHIP = 0x2;
    public static final int PACKET_RECV_OUTPUT = 0x3;
    public static final int PACKET_RX_RING = 0x5;
    public static final int PACKET_STATISTICS = 0x6;
    public static final int PACKET_AUXDATA = 0x8;
    public static final int PACKET_VERSION = 0xa;
    public static final int PACKET_RESERVE = 0xc;
    public static final int PACKET_TX_RING = 0xd;
    public static final int PACKET_IGNORE_OUTGOING = 0x17;
    public static final int PACKET_MR_PROMISC = 0x1;
    public static final int PACKET_MR_ALLMULTI = 0x2;
    public static final int PACKET_MR_MULTICAST = 0x0;

    public static final int ETH_P_ALL = 0x3;
    public static final int ETH_P_IP = 0x800;
    public static final int ETH_P_ARP = 0x806;
    public static final int ETH_P_IPV6 = 0x86dd;
    public static final int ETH_P_LOOP = 0x60;
    public static final int ETH_ALEN = 0x6;
    public static final int ETH_HLEN = 0xe;
}
