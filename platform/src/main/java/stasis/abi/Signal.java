package stasis.abi;

/**
 * {@code include/uapi/asm-generic/signal.h}, {@code arch/x86/include/uapi/asm/signal.h} and {@code
 * siginfo.h}.
 */
public final class Signal {
    private Signal() {}

    public static final int BUS_ADRALN = 0x1;
    public static final int BUS_ADRERR = 0x2;

    public static final int CLD_EXITED = 0x1;
    public static final int CLD_KILLED = 0x2;
    public static final int CLD_DUMPED = 0x3;
    public static final int CLD_TRAPPED = 0x4;
    public static final int CLD_STOPPED = 0x5;
    public static final int CLD_CONTINUED = 0x6;

    public static final int FPE_INTDIV = 0x1;
    public static final int FPE_INTOVF = 0x2;
    public static final int FPE_FLTDIV = 0x3;

    public static final int ILL_ILLOPC = 0x1;
    public static final int ILL_ILLOPN = 0x2;

    public static final int SA_NOCLDSTOP = 0x1;
    public static final int SA_NOCLDWAIT = 0x2;
    public static final int SA_SIGINFO = 0x4;
    public static final int SA_ONSTACK = 0x8000000;
    public static final int SA_STACK = 0x8000000;
    public static final int SA_RESTART = 0x10000000;
    public static final int SA_INTERRUPT = 0x20000000;
    public static final int SA_NODEFER = 0x40000000;
    public static final int SA_NOMASK = 0x40000000;
    public static final int SA_ONESHOT = 0x80000000;
    public static final int SA_RESETHAND = 0x80000000;

    public static final int SEGV_MAPERR = 0x1;
    public static final int SEGV_ACCERR = 0x2;

    public static final int SI_USER = 0x0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_TKILL = 0xfffffffa;
    public static final int SI_SIGIO = 0xfffffffb;
    public static final int SI_ASYNCIO = 0xfffffffc;
    public static final int SI_MESGQ = 0xfffffffd;
    public static final int SI_TIMER = 0xfffffffe;
    public static final int SI_QUEUE = 0xffffffff;

    public static final int SIG_BLOCK = 0x0;
    public static final int SIG_UNBLOCK = 0x1;
    public static final int SIG_SETMASK = 0x2;
    public static final int SIGABRT = 0x6;
    public static final int SIGALRM = 0xe;
    public static final int SIGBUS = 0x7;
    public static final int SIGCHLD = 0x11;
    public static final int SIGCONT = 0x12;

    public static final int SIGEV_SIGNAL = 0x0;
    public static final int SIGEV_NONE = 0x1;
    public static final int SIGEV_THREAD = 0x2;
    public static final int SIGEV_THREAD_ID = 0x4;

    public static final int SIGFPE = 0x8;
    public static final int SIGHUP = 0x1;
    public static final int SIGILL = 0x4;
    public static final int SIGINT = 0x2;
    public static final int SIGIO = 0x1d;
    public static final int SIGIOT = 0x6;
    public static final int SIGKILL = 0x9;
    public static final int SIGPIPE = 0xd;
    public static final int SIGPOLL = 0x1d;
    public static final int SIGPROF = 0x1b;
    public static final int SIGPWR = 0x1e;
    public static final int SIGQUIT = 0x3;
    public static final int SIGRTMAX = 0x40;
    public static final int SIGRTMIN = 0x22;
    public static final int SIGSEGV = 0xb;
    public static final int SIGSTKFLT = 0x10;
    public static final int SIGSTOP = 0x13;
    public static final int SIGSYS = 0x1f;
    public static final int SIGTERM = 0xf;
    public static final int SIGTRAP = 0x5;
    public static final int SIGTSTP = 0x14;
    public static final int SIGTTIN = 0x15;
    public static final int SIGTTOU = 0x16;
    public static final int SIGURG = 0x17;
    public static final int SIGUSR1 = 0xa;
    public static final int SIGUSR2 = 0xc;
    public static final int SIGVTALRM = 0x1a;
    public static final int SIGWINCH = 0x1c;
    public static final int SIGXCPU = 0x18;
    public static final int SIGXFSZ = 0x19;

    public static final int SS_ONSTACK = 0x1;
    public static final int SS_DISABLE = 0x2;

    public static final int TRAP_BRKPT = 0x1;
    public static final int TRAP_TRACE = 0x2;
}
