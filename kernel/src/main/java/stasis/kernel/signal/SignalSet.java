package stasis.kernel.signal;

import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Signal.SIGKILL;
import static stasis.abi.Signal.SIGSTOP;
import static stasis.abi.Signal.SIGTSTP;
import static stasis.abi.Signal.SIGTTIN;
import static stasis.abi.Signal.SIGTTOU;
import static stasis.abi.Signal.SIGURG;
import static stasis.abi.Signal.SIGWINCH;

/** Sets of signals as bits {@code 1L << (signo - 1)}, as {@code sigset_t} has them. */
public final class SignalSet {
    /** Never blocked, caught or ignored. */
    public static final long UNBLOCKABLE = bit(SIGKILL) | bit(SIGSTOP);

    /** Stop a process by default. */
    public static final long STOPPING = bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);

    /** Ignored by default. */
    public static final long IGNORED = bit(SIGCHLD) | bit(SIGCONT) | bit(SIGURG) | bit(SIGWINCH);

    /** The kernel's SIGRTMIN; the C library keeps two for itself and says 34. */
    public static final int FIRST_REALTIME = 32;

    /** Highest signal number. */
    public static final int MAX = 64;

    private SignalSet() {}

    public static long bit(int signo) {
        return 1L << (signo - 1);
    }

    public static boolean valid(int signo) {
        return signo >= 1 && signo <= MAX;
    }
}
