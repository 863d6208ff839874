package stasis.abi;

/** {@code netinet/in.h}. */
public final class Ip {
    private Ip() {}

    public static final int IP_TOS = 0x1;
    public static final int IP_TTL = 0x2;
    public static final int IP_HDRINCL = 0x3;
    public static final int IP_OPTIONS = 0x4;
    public static final int IP_ROUTER_ALERT = 0x5;
    public static final int IP_RECVOPTS = 0x6;
    public static final int IP_RETOPTS = 0x7;
    public static final int IP_PKTINFO = 0x8;
    public static final int IP_PKTOPTIONS = 0x9;
    public static final int IP_MTU_DISCOVER = 0xa;
    public static final int IP_RECVERR = 0xb;
    public static final int IP_RECVTTL = 0xc;
    public static final int IP_RECVTOS = 0xd;
    public static final int IP_MTU = 0xe;
    public static final int IP_FREEBIND = 0xf;
    public static final int IP_TRANSPARENT = 0x13;
    public static final int IP_RECVORIGDSTADDR = 0x14;
    public static final int IP_MINTTL = 0x15;
    public static final int IP_CHECKSUM = 0x17;
    public static final int IP_BIND_ADDRESS_NO_PORT = 0x18;
    public static final int IP_RECVFRAGSIZE = 0x19;
    public static final int IP_MULTICAST_IF = 0x20;
    public static final int IP_MULTICAST_TTL = 0x21;
    public static final int IP_MULTICAST_LOOP = 0x22;
    public static final int IP_ADD_MEMBERSHIP = 0x23;
    public static final int IP_DROP_MEMBERSHIP = 0x24;
    public static final int IP_MULTICAST_ALL = 0x31;
    public static final int IP_UNICAST_IF = 0x32;
    public static final int MCAST_JOIN_GROUP = 0x2a;
    public static final int MCAST_LEAVE_GROUP = 0x2d;

    public static final int IP_PMTUDISC_DONT = 0x0;
    public static final int IP_PMTUDISC_WANT = 0x1;
    public static final int IP_PMTUDISC_DO = 0x2;
    public static final int IP_PMTUDISC_PROBE = 0x3;
    public static final int IP_PMTUDISC_INTERFACE = 0x4;
    public static final int IP_PMTUDISC_OMIT = 0x5;

    public static final int IPV6_CHECKSUM = 0x7;
    public static final int IPV6_UNICAST_HOPS = 0x10;
    public static final int IPV6_MULTICAST_IF = 0x11;
    public static final int IPV6_MULTICAST_HOPS = 0x12;
    public static final int IPV6_MULTICAST_LOOP = 0x13;
    public static final int IPV6_JOIN_GROUP = 0x14;
    public static final int IPV6_LEAVE_GROUP = 0x15;
    public static final int IPV6_MTU_DISCOVER = 0x17;
    public static final int IPV6_MTU = 0x18;
    public static final int IPV6_RECVERR = 0x19;
    public static final int IPV6_V6ONLY = 0x1a;
    public static final int IPV6_RECVPKTINFO = 0x31;
    public static final int IPV6_PKTINFO = 0x32;
    public static final int IPV6_RECVHOPLIMIT = 0x33;
    public static final int IPV6_HOPLIMIT = 0x34;
    public static final int IPV6_RECVTCLASS = 0x42;
    public static final int IPV6_TCLASS = 0x43;
    public static final int IPV6_DONTFRAG = 0x3e;
    public static final int IPV6_FREEBIND = 0x4e;
    public static final int IPV6_TRANSPARENT = 0x4b;
    public static final int IPV6_AUTOFLOWLABEL = 0x46;
    public static final int IPV6_ADDR_PREFERENCES = 0x48;
    public static final int IPV6_MULTICAST_ALL = 0x1d;
    public static final int IPV6_UNICAST_IF = 0x4c;

    public static final int ICMP6_FILTER = 0x1;

    public static final int IPPROTO_TCP = 0x6;
    public static final int IPPROTO_UDPLITE = 0x88;
    public static final int IPPROTO_SCTP = 0x84;
    public static final int IPPROTO_MPTCP = 0x106;
}
