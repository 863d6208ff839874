package stasis.abi;

/** {@code net/if.h} and {@code net/if_arp.h}. */
public final class NetIf {
    private NetIf() {}

    public static final int IFNAMSIZ = 0x10;

    public static final int IFF_UP = 0x1;
    public static final int IFF_BROADCAST = 0x2;
    public static final int IFF_LOOPBACK = 0x8;
    public static final int IFF_POINTOPOINT = 0x10;
    public static final int IFF_RUNNING = 0x40;
    public static final int IFF_NOARP = 0x80;
    public static final int IFF_PROMISC = 0x100;
    public static final int IFF_ALLMULTI = 0x200;
    public static final int IFF_MULTICAST = 0x1000;

    public static final int ARPHRD_ETHER = 0x1;
    public static final int ARPHRD_LOOPBACK = 0x304;
    public static final int ARPHRD_NONE = 0xfffe;
}
