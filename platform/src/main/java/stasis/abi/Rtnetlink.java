package stasis.abi;

/** {@code linux/rtnetlink.h}, {@code linux/if_link.h}, {@code linux/veth.h}. */
public final class Rtnetlink {
    private Rtnetlink() {}

    public static final int RTM_BASE = 0x10;
    public static final int RTM_NEWLINK = 0x10;
    public static final int RTM_DELLINK = 0x11;
    public static final int RTM_GETLINK = 0x12;
    public static final int RTM_SETLINK = 0x13;
    public static final int RTM_NEWADDR = 0x14;
    public static final int RTM_DELADDR = 0x15;
    public static final int RTM_GETADDR = 0x16;
    public static final int RTM_NEWROUTE = 0x18;
    public static final int RTM_DELROUTE = 0x19;
    public static final int RTM_GETROUTE = 0x1a;
    public static final int RTM_NEWNEIGH = 0x1c;
    public static final int RTM_DELNEIGH = 0x1d;
    public static final int RTM_GETNEIGH = 0x1e;
    public static final int RTM_NEWRULE = 0x20;
    public static final int RTM_GETRULE = 0x22;
    public static final int RTM_GETQDISC = 0x26;
    public static final int RTM_GETMULTICAST = 0x3a;
    public static final int RTM_GETANYCAST = 0x3e;
    public static final int RTM_GETSTATS = 0x5e;
    public static final int RTM_GETNEXTHOP = 0x6a;

    public static final int IFLA_ADDRESS = 0x1;
    public static final int IFLA_BROADCAST = 0x2;
    public static final int IFLA_IFNAME = 0x3;
    public static final int IFLA_MTU = 0x4;
    public static final int IFLA_LINK = 0x5;
    public static final int IFLA_QDISC = 0x6;
    public static final int IFLA_STATS = 0x7;
    public static final int IFLA_TXQLEN = 0xd;
    public static final int IFLA_OPERSTATE = 0x10;
    public static final int IFLA_LINKMODE = 0x11;
    public static final int IFLA_STATS64 = 0x17;
    public static final int IFLA_AF_SPEC = 0x1a;
    public static final int IFLA_GROUP = 0x1b;
    public static final int IFLA_PROMISCUITY = 0x1e;
    public static final int IFLA_NUM_TX_QUEUES = 0x1f;
    public static final int IFLA_NUM_RX_QUEUES = 0x20;
    public static final int IFLA_CARRIER = 0x21;
    public static final int IFLA_EXT_MASK = 0x1d;
    public static final int IFLA_ALT_IFNAME = 0x35;
    public static final int IFLA_LINKINFO = 0x12;
    public static final int IFLA_NET_NS_FD = 0x1c;
    public static final int IFLA_INFO_KIND = 0x1;
    public static final int IFLA_INFO_DATA = 0x2;
    public static final int IFLA_INET6_ADDR_GEN_MODE = 0x8;
    public static final int IN6_ADDR_GEN_MODE_NONE = 0x1;
    public static final int VETH_INFO_PEER = 0x1;

    public static final int IFA_ADDRESS = 0x1;
    public static final int IFA_LOCAL = 0x2;
    public static final int IFA_LABEL = 0x3;
    public static final int IFA_BROADCAST = 0x4;
    public static final int IFA_CACHEINFO = 0x6;
    public static final int IFA_FLAGS = 0x8;
    public static final int IFA_F_PERMANENT = 0x80;

    public static final int RTA_DST = 0x1;
    public static final int RTA_SRC = 0x2;
    public static final int RTA_IIF = 0x3;
    public static final int RTA_OIF = 0x4;
    public static final int RTA_GATEWAY = 0x5;
    public static final int RTA_PRIORITY = 0x6;
    public static final int RTA_PREFSRC = 0x7;
    public static final int RTA_METRICS = 0x8;
    public static final int RTA_TABLE = 0xf;
    public static final int RTA_CACHEINFO = 0xc;
    public static final int RTA_PREF = 0x14;
    public static final int RTAX_MTU = 0x2;
    public static final int RTM_F_LOOKUP_TABLE = 0x1000;
    public static final int RTM_F_CLONED = 0x200;

    public static final int RT_TABLE_UNSPEC = 0x0;
    public static final int RT_TABLE_MAIN = 0xfe;
    public static final int RT_TABLE_LOCAL = 0xff;
    public static final int RTPROT_UNSPEC = 0x0;
    public static final int RTPROT_KERNEL = 0x2;
    public static final int RTPROT_BOOT = 0x3;
    public static final int RTPROT_STATIC = 0x4;
    public static final int RTPROT_RA = 0x9;
    public static final int RT_SCOPE_UNIVERSE = 0x0;
    public static final int RT_SCOPE_LINK = 0xfd;
    public static final int RT_SCOPE_HOST = 0xfe;
    public static final int RT_SCOPE_NOWHERE = 0xff;
    public static final int RTN_UNSPEC = 0x0;
    public static final int RTN_UNICAST = 0x1;
    public static final int RTN_LOCAL = 0x2;
    public static final int RTN_BROADCAST = 0x3;
    public static final int RTN_ANYCAST = 0x4;
    public static final int RTN_MULTICAST = 0x5;

    public static final int RTMGRP_LINK = 0x1;
    public static final int RTNLGRP_LINK = 0x1;
    public static final int RTNLGRP_NEIGH = 0x3;
    public static final int RTNLGRP_IPV4_IFADDR = 0x5;
    public static final int RTNLGRP_IPV4_ROUTE = 0x7;
    public static final int RTNLGRP_IPV6_IFADDR = 0x9;
    public static final int RTNLGRP_IPV6_ROUTE = 0xb;
    public static final int RTNLGRP_MAX = 0x24;

    public static final int NDA_DST = 0x1;
    public static final int NDA_LLADDR = 0x2;
    public static final int NDA_CACHEINFO = 0x3;
    public static final int NDA_PROBES = 0x4;
    public static final int NUD_INCOMPLETE = 0x1;
    public static final int NUD_REACHABLE = 0x2;
    public static final int NUD_STALE = 0x4;
    public static final int NUD_DELAY = 0x8;
    public static final int NUD_PROBE = 0x10;
    public static final int NUD_FAILED = 0x20;
    public static final int NUD_NOARP = 0x40;
    public static final int NUD_PERMANENT = 0x80;
}
