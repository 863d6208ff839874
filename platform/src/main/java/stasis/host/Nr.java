package stasis.host;

/** Numbers of the host calls that the sentry and its stubs make; {@code asm/unistd_64.h}. */
public final class Nr {
    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int CLOSE = 3;
    public static final int FSTAT = 5;
    public static final int POLL = 7;
    public static final int LSEEK = 8;
    public static final int MMAP = 9;
    public static final int MPROTECT = 10;
    public static final int MUNMAP = 11;
    public static final int RT_SIGACTION = 13;
    public static final int IOCTL = 16;
    public static final int PREAD64 = 17;
    public static final int PWRITE64 = 18;
    public static final int PREADV = 295;
    public static final int PWRITEV = 296;
    public static final int PAUSE = 34;
    public static final int GETPID = 39;
    public static final int SENDMSG = 46;
    public static final int RECVMSG = 47;
    public static final int SHUTDOWN = 48;
    public static final int SOCKETPAIR = 53;
    public static final int CLONE = 56;
    public static final int EXIT = 60;
    public static final int WAIT4 = 61;
    public static final int KILL = 62;
    public static final int FCNTL = 72;
    public static final int FSYNC = 74;
    public static final int FDATASYNC = 75;
    public static final int FTRUNCATE = 77;
    public static final int PTRACE = 101;
    public static final int GETPPID = 110;
    public static final int PRCTL = 157;
    public static final int GETTID = 186;
    public static final int SCHED_SETAFFINITY = 203;
    public static final int SCHED_GETAFFINITY = 204;
    public static final int GETDENTS64 = 217;
    public static final int EXIT_GROUP = 231;
    public static final int TGKILL = 234;
    public static final int OPENAT = 257;
    public static final int MKDIRAT = 258;
    public static final int MKNODAT = 259;
    public static final int FCHOWNAT = 260;
    public static final int UNLINKAT = 263;
    public static final int LINKAT = 265;
    public static final int SYMLINKAT = 266;
    public static final int READLINKAT = 267;
    public static final int FCHMODAT = 268;
    public static final int UTIMENSAT = 280;
    public static final int FALLOCATE = 285;
    public static final int PIPE2 = 293;
    public static final int GETCPU = 309;
    public static final int RENAMEAT2 = 316;
    public static final int SECCOMP = 317;
    public static final int GETRANDOM = 318;
    public static final int MEMFD_CREATE = 319;
    public static final int STATX = 332;
    public static final int CLOSE_RANGE = 436;
    public static final int OPENAT2 = 437;

    private Nr() {}
}
