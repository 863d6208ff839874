package stasis.kernel.signal;

import static stasis.abi.Signal.SA_NODEFER;
import static stasis.abi.Signal.SA_ONSTACK;
import static stasis.abi.Signal.SA_RESETHAND;
import static stasis.abi.Signal.SA_RESTART;
import static stasis.abi.Signal.SA_SIGINFO;

import stasis.state.Saved;

/**
 * {@code struct sigaction} as the system call has it: handler, flags, restorer, mask, 8 bytes each.
 *
 * @param handler {@link #DEFAULT}, {@link #IGNORE} or an address
 */
@Saved("signal.SignalAction")
public record SignalAction(long handler, long flags, long restorer, long mask) {
    public static final long DEFAULT = 0;
    public static final long IGNORE = 1;
    public static final int BYTES = 32;

    /** SIG_DFL. */
    public static SignalAction standard() {
        return new SignalAction(DEFAULT, 0, 0, 0);
    }

    public boolean isDefault() {
        return handler == DEFAULT;
    }

    public boolean isIgnore() {
        return handler == IGNORE;
    }

    public boolean restart() {
        return (flags & SA_RESTART) != 0;
    }

    public boolean onStack() {
        return (flags & SA_ONSTACK) != 0;
    }

    public boolean noDefer() {
        return (flags & SA_NODEFER) != 0;
    }

    public boolean resetHand() {
        return (flags & SA_RESETHAND) != 0;
    }

    public boolean sigInfo() {
        return (flags & SA_SIGINFO) != 0;
    }
}
