package stasis.cli.front;

/** Numbers of the calls that only the programs of this package make; {@code asm/unistd_64.h}. */
final class FrontCalls {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int CLOSE = 3;
    static final int POLL = 7;
    static final int SIGPROCMASK = 14;
    static final int IOCTL = 16;
    static final int SOCKET = 41;
    static final int CONNECT = 42;
    static final int RECVFROM = 45;
    static final int SENDMSG = 46;
    static final int DUP2 = 33;
    static final int GETPID = 39;
    static final int CLONE = 56;
    static final int WAIT4 = 61;
    static final int CHDIR = 80;
    static final int MKDIR = 83;
    static final int SETSID = 112;
    static final int MKNOD = 133;
    static final int PIVOT_ROOT = 155;
    static final int PRCTL = 157;
    static final int MOUNT = 165;
    static final int UMOUNT2 = 166;
    static final int EXIT_GROUP = 231;
    static final int OPENAT = 257;
    static final int SIGNALFD4 = 289;
    static final int DUP3 = 292;
    static final int PIPE2 = 293;
    static final int SOCKETPAIR = 53;
    static final int CLOSE_RANGE = 436;
    static final int MOUNT_SETATTR = 442;

    private FrontCalls() {}
}
