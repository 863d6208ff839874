package stasis.abi;

/** {@code include/uapi/linux/eventpoll.h}. */
public final class Epoll {
    private Epoll() {}

    public static final int EPOLL_CTL_ADD = 0x1;
    public static final int EPOLL_CTL_DEL = 0x2;
    public static final int EPOLL_CTL_MOD = 0x3;
    public static final int EPOLL_CLOEXEC = 0x80000;

    public static final int EPOLLERR = 0x8;
    public static final int EPOLLET = 0x80000000;
    public static final int EPOLLEXCLUSIVE = 0x10000000;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLIN = 0x1;
    public static final int EPOLLMSG = 0x400;
    public static final int EPOLLONESHOT = 0x40000000;
    public static final int EPOLLOUT = 0x4;
    public static final int EPOLLPRI = 0x2;
    public static final int EPOLLRDBAND = 0x80;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLRDNORM = 0x40;
    public static final int EPOLLWAKEUP = 0x20000000;
    public static final int EPOLLWRBAND = 0x200;
    public static final int EPOLLWRNORM = 0x100;
}
