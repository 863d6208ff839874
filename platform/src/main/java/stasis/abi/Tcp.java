package stasis.abi;

/** {@code netinet/tcp.h}. */
public final class Tcp {
    private Tcp() {}

    public static final int TCP_NODELAY = 0x1;
    public static final int TCP_MAXSEG = 0x2;
    public static final int TCP_CORK = 0x3;
    public static final int TCP_KEEPIDLE = 0x4;
    public static final int TCP_KEEPINTVL = 0x5;
    public static final int TCP_KEEPCNT = 0x6;
    public static final int TCP_SYNCNT = 0x7;
    public static final int TCP_LINGER2 = 0x8;
    public static final int TCP_DEFER_ACCEPT = 0x9;
    public static final int TCP_WINDOW_CLAMP = 0xa;
    public static final int TCP_INFO = 0xb;
    public static final int TCP_QUICKACK = 0xc;
    public static final int TCP_CONGESTION = 0xd;
    public static final int TCP_MD5SIG = 0xe;
    public static final int TCP_THIN_LINEAR_TIMEOUTS = 0x10;
    public static final int TCP_THIN_DUPACK = 0x11;
    public static final int TCP_USER_TIMEOUT = 0x12;
    public static final int TCP_REPAIR = 0x13;
    public static final int TCP_FASTOPEN = 0x17;
    public static final int TCP_TIMESTAMP = 0x18;
    public static final int TCP_NOTSENT_LOWAT = 0x19;
    public static final int TCP_SAVE_SYN = 0x1b;
    public static final int TCP_SAVED_SYN = 0x1c;
    public static final int TCP_FASTOPEN_CONNECT = 0x1e;
    public static final int TCP_ULP = 0x1f;
    public static final int TCP_FASTOPEN_NO_COOKIE = 0x22;
    public static final int TCP_ZEROCOPY_RECEIVE = 0x23;
    public static final int TCP_INQ = 0x24;
    public static final int TCP_TX_DELAY = 0x25;

    public static final int TCP_ESTABLISHED = 0x1;
    public static final int TCP_SYN_SENT = 0x2;
    public static final int TCP_SYN_RECV = 0x3;
    public static final int TCP_FIN_WAIT1 = 0x4;
    public static final int TCP_FIN_WAIT2 = 0x5;
    public static final int TCP_TIME_WAIT = 0x6;
    public static final int TCP_CLOSE = 0x7;
    public static final int TCP_CLOSE_WAIT = 0x8;
    public static final int TCP_LAST_ACK = 0x9;
    public static final int TCP_LISTEN = 0xa;
    public static final int TCP_CLOSING = 0xb;
}
