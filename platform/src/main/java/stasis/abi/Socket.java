package stasis.abi;

/** {@code include/linux/socket.h} and {@code include/uapi/asm-generic/socket.h}. */
public final class Socket {
    private Socket() {}

    public static final int AF_UNSPEC = 0x0;
    public static final int AF_UNIX = 0x1;
    public static final int AF_INET = 0x2;
    public static final int AF_INET6 = 0xa;
    public static final int AF_NETLINK = 0x10;
    public static final int AF_PACKET = 0x11;

    public static final int IPPROTO_IP = 0x0;
    public static final int IPPROTO_ICMP = 0x1;
    public static final int IPPROTO_TCP = 0x6;
    public static final int IPPROTO_UDP = 0x11;
    public static final int IPPROTO_IPV6 = 0x29;
    public static final int IPPROTO_ICMPV6 = 0x3a;
    public static final int IPPROTO_RAW = 0xff;

    public static final int MSG_OOB = 0x1;
    public static final int MSG_PEEK = 0x2;
    public static final int MSG_DONTROUTE = 0x4;
    public static final int MSG_TRYHARD = 0x4;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_PROXY = 0x10;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_EOR = 0x80;
    public static final int MSG_WAITALL = 0x100;
    public static final int MSG_FIN = 0x200;
    public static final int MSG_SYN = 0x400;
    public static final int MSG_CONFIRM = 0x800;
    public static final int MSG_RST = 0x1000;
    public static final int MSG_ERRQUEUE = 0x2000;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_MORE = 0x8000;
    public static final int MSG_WAITFORONE = 0x10000;
    public static final int MSG_BATCH = 0x40000;
    public static final int MSG_ZEROCOPY = 0x4000000;
    public static final int MSG_FASTOPEN = 0x20000000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;

    public static final int SCM_RIGHTS = 0x1;
    public static final int SCM_CREDENTIALS = 0x2;
    public static final int SCM_TIMESTAMP = 0x1d;
    public static final int SCM_TIMESTAMPNS = 0x23;
    public static final int SCM_TIMESTAMPING = 0x25;
    public static final int SCM_WIFI_STATUS = 0x29;
    public static final int SCM_TIMESTAMPING_OPT_STATS = 0x36;
    public static final int SCM_TIMESTAMPING_PKTINFO = 0x3a;
    public static final int SCM_TXTIME = 0x3d;

    public static final int SHUT_RD = 0x0;
    public static final int SHUT_WR = 0x1;
    public static final int SHUT_RDWR = 0x2;

    public static final int SO_DEBUG = 0x1;
    public static final int SO_REUSEADDR = 0x2;
    public static final int SO_TYPE = 0x3;
    public static final int SO_ERROR = 0x4;
    public static final int SO_DONTROUTE = 0x5;
    public static final int SO_BROADCAST = 0x6;
    public static final int SO_SNDBUF = 0x7;
    public static final int SO_RCVBUF = 0x8;
    public static final int SO_KEEPALIVE = 0x9;
    public static final int SO_OOBINLINE = 0xa;
    public static final int SO_PRIORITY = 0xc;
    public static final int SO_LINGER = 0xd;
    public static final int SO_BSDCOMPAT = 0xe;
    public static final int SO_REUSEPORT = 0xf;
    public static final int SO_PASSCRED = 0x10;
    public static final int SO_PEERCRED = 0x11;
    public static final int SO_RCVLOWAT = 0x12;
    public static final int SO_SNDLOWAT = 0x13;
    public static final int SO_RCVTIMEO = 0x14;
    public static final int SO_SNDTIMEO = 0x15;
    public static final int SO_BINDTODEVICE = 0x19;
    public static final int SO_PEERNAME = 0x1c;
    public static final int SO_TIMESTAMP = 0x1d;
    public static final int SO_ACCEPTCONN = 0x1e;
    public static final int SO_PEERSEC = 0x1f;
    public static final int SO_SNDBUFFORCE = 0x20;
    public static final int SO_RCVBUFFORCE = 0x21;
    public static final int SO_PASSSEC = 0x22;
    public static final int SO_TIMESTAMPNS = 0x23;
    public static final int SO_MARK = 0x24;
    public static final int SO_TIMESTAMPING = 0x25;
    public static final int SO_PROTOCOL = 0x26;
    public static final int SO_DOMAIN = 0x27;
    public static final int SO_NOFCS = 0x2b;
    public static final int SO_MEMINFO = 0x37;
    public static final int SO_COOKIE = 0x39;
    public static final int SO_PEERGROUPS = 0x3b;
    public static final int SO_ZEROCOPY = 0x3c;
    public static final int SO_TXTIME = 0x3d;
    public static final int SO_BINDTOIFINDEX = 0x3e;
    public static final int SO_TXREHASH = 0x4a;
    public static final int SO_RCVMARK = 0x4b;

    public static final int SOCK_STREAM = 0x1;
    public static final int SOCK_DGRAM = 0x2;
    public static final int SOCK_RAW = 0x3;
    public static final int SOCK_RDM = 0x4;
    public static final int SOCK_SEQPACKET = 0x5;
    public static final int SOCK_DCCP = 0x6;
    public static final int SOCK_PACKET = 0xa;
    public static final int SOCK_IOC_TYPE = 0x89;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SOL_SOCKET = 0x1;

    public static final int SOMAXCONN = 0x1000;

    public static final int UIO_MAXIOV = 0x400;

    public static final int SO_ATTACH_FILTER = 0x1a;
    public static final int SO_DETACH_FILTER = 0x1b;
    public static final int SO_LOCK_FILTER = 0x2c;
    public static final int SO_ATTACH_BPF = 0x32;
    public static final int SO_ATTACH_REUSEPORT_CBPF = 0x33;
    public static final int SO_ATTACH_REUSEPORT_EBPF = 0x34;
    public static final int SO_NO_CHECK = 0xb;
    public static final int SO_RXQ_OVFL = 0x28;
    public static final int SO_WIFI_STATUS = 0x29;
    public static final int SO_PEEK_OFF = 0x2a;
    public static final int SO_SELECT_ERR_QUEUE = 0x2d;
    public static final int SO_BUSY_POLL = 0x2e;
    public static final int SO_MAX_PACING_RATE = 0x2f;
    public static final int SO_INCOMING_CPU = 0x31;
    public static final int SO_INCOMING_NAPI_ID = 0x38;
    public static final int SO_PREFER_BUSY_POLL = 0x45;
    public static final int SO_NETNS_COOKIE = 0x47;
    public static final int SO_BUF_LOCK = 0x48;
    public static final int SO_RCVTIMEO_NEW = 0x42;
    public static final int SO_SNDTIMEO_NEW = 0x43;
    public static final int SO_TIMESTAMP_NEW = 0x3f;
    public static final int SO_TIMESTAMPNS_NEW = 0x40;
    public static final int SO_TIMESTAMPING_NEW = 0x41;
    public static final int SOL_IP = 0x0;
    public static final int SOL_TCP = 0x6;
    public static final int SOL_UDP = 0x11;
    public static final int SOL_IPV6 = 0x29;
    public static final int SOL_ICMPV6 = 0x3a;
}
