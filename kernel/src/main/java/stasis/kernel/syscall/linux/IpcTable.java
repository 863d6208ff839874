package stasis.kernel.syscall.linux;

import stasis.kernel.syscall.SyscallTable;

/** The lines of pipes, events, sockets and terminals. */
final class IpcTable {
    private IpcTable() {}

    static void addTo(SyscallTable table) {
        pipes(table);
        events(table);
        sockets(table);
    }

    private static void pipes(SyscallTable table) {
        table.on(22, "pipe", PipeSyscalls::pipe).on(293, "pipe2", PipeSyscalls::pipe2);
    }

    private static void events(SyscallTable table) {
        table.on(284, "eventfd", EventfdSyscalls::eventfd)
                .on(290, "eventfd2", EventfdSyscalls::eventfd2)
                .on(283, "timerfd_create", TimerfdSyscalls::timerfd_create)
                .on(286, "timerfd_settime", TimerfdSyscalls::timerfd_settime)
                .on(287, "timerfd_gettime", TimerfdSyscalls::timerfd_gettime)
                .partial(282, "signalfd", SignalfdSyscalls::signalfd, Notes.SIGNALFD)
                .partial(289, "signalfd4", SignalfdSyscalls::signalfd4, Notes.SIGNALFD)
                .on(213, "epoll_create", EpollSyscalls::epoll_create)
                .on(291, "epoll_create1", EpollSyscalls::epoll_create1)
                .partial(233, "epoll_ctl", EpollSyscalls::epoll_ctl, Notes.EXCLUSIVE)
                .on(232, "epoll_wait", EpollSyscalls::epoll_wait)
                .on(281, "epoll_pwait", EpollSyscalls::epoll_pwait)
                .on(441, "epoll_pwait2", EpollSyscalls::epoll_pwait2)
                .partial(434, "pidfd_open", PidfdSyscalls::pidfd_open, "no PIDFD_THREAD")
                .partial(424, "pidfd_send_signal", PidfdSyscalls::pidfd_send_signal, "flags 0 only")
                .on(438, "pidfd_getfd", PidfdSyscalls::pidfd_getfd);
    }

    private static void sockets(SyscallTable table) {
        table.partial(41, "socket", SocketSyscalls::socket, Notes.FAMILIES)
                .partial(53, "socketpair", SocketSyscalls::socketpair, Notes.FAMILIES)
                .on(42, "connect", SocketSyscalls::connect)
                .on(43, "accept", SocketSyscalls::accept)
                .on(288, "accept4", SocketSyscalls::accept4)
                .on(44, "sendto", MessageSyscalls::sendto)
                .on(45, "recvfrom", MessageSyscalls::recvfrom)
                .on(46, "sendmsg", MessageSyscalls::sendmsg)
                .on(47, "recvmsg", MessageSyscalls::recvmsg)
                .on(307, "sendmmsg", MessageSyscalls::sendmmsg)
                .on(299, "recvmmsg", MessageSyscalls::recvmmsg)
                .on(48, "shutdown", SocketSyscalls::shutdown)
                .on(49, "bind", SocketSyscalls::bind)
                .on(50, "listen", SocketSyscalls::listen)
                .on(51, "getsockname", SocketSyscalls::getsockname)
                .on(52, "getpeername", SocketSyscalls::getpeername)
                .partial(54, "setsockopt", SocketSyscalls::setsockopt, Notes.OPTIONS)
                .partial(55, "getsockopt", SocketSyscalls::getsockopt, Notes.OPTIONS);
    }

    /** What is missing. */
    private static final class Notes {
        static final String SIGNALFD = "poll and epoll see the signals of the thread that made it";
        static final String FAMILIES =
                "AF_UNIX, AF_INET, AF_INET6, AF_PACKET, AF_NETLINK with routes; no SIGIO and"
                        + " SIGURG";
        static final String OPTIONS = "no filters, no SO_TIMESTAMPING, SO_RCVLOWAT has no effect";
        static final String EXCLUSIVE = "EPOLLEXCLUSIVE wakes all";
    }
}
