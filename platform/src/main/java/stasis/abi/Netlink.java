package stasis.abi;

/** {@code linux/netlink.h}. */
public final class Netlink {
    private Netlink() {}

    public static final int NETLINK_ROUTE = 0x0;
    public static final int NETLINK_USERSOCK = 0x2;
    public static final int NETLINK_SOCK_DIAG = 0x4;
    public static final int NETLINK_AUDIT = 0x9;
    public static final int NETLINK_NETFILTER = 0xc;
    public static final int NETLINK_KOBJECT_UEVENT = 0xf;
    public static final int NETLINK_GENERIC = 0x10;
    public static final int SOL_NETLINK = 0x10e;

    public static final int NLM_F_REQUEST = 0x1;
    public static final int NLM_F_MULTI = 0x2;
    public static final int NLM_F_ACK = 0x4;
    public static final int NLM_F_ECHO = 0x8;
    public static final int NLM_F_ROOT = 0x100;
    public static final int NLM_F_MATCH = 0x200;
    public static final int NLM_F_DUMP = 0x300;
    public static final int NLM_F_REPLACE = 0x100;
    public static final int NLM_F_EXCL = 0x200;
    public static final int NLM_F_CREATE = 0x400;
    public static final int NLM_F_APPEND = 0x800;
    public static final int NLM_F_CAPPED = 0x100;
    public static final int NLM_F_ACK_TLVS = 0x200;

    public static final int NLMSG_NOOP = 0x1;
    public static final int NLMSG_ERROR = 0x2;
    public static final int NLMSG_DONE = 0x3;
    public static final int NLMSG_OVERRUN = 0x4;
    public static final int NLMSG_MIN_TYPE = 0x10;

    public static final int NETLINK_ADD_MEMBERSHIP = 0x1;
    public static final int NETLINK_DROP_MEMBERSHIP = 0x2;
    public static final int NETLINK_PKTINFO = 0x3;
    public static final int NETLINK_BROADCAST_ERROR = 0x4;
    public static final int NETLINK_NO_ENOBUFS = 0x5;
    public static final int NETLINK_LISTEN_ALL_NSID = 0x8;
    public static final int NETLINK_LIST_MEMBERSHIPS = 0x9;
    public static final int NETLINK_CAP_ACK = 0xa;
    public static final int NETLINK_EXT_ACK = 0xb;
    public static final int NETLINK_GET_STRICT_CHK = 0xc;

    public static final int NLMSGERR_ATTR_MSG = 0x1;
}
