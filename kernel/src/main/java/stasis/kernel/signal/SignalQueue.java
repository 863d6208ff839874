package stasis.kernel.signal;

import static stasis.abi.Signal.SIGBUS;
import static stasis.abi.Signal.SIGFPE;
import static stasis.abi.Signal.SIGILL;
import static stasis.abi.Signal.SIGKILL;
import static stasis.abi.Signal.SIGSEGV;
import static stasis.abi.Signal.SIGSYS;
import static stasis.abi.Signal.SIGTRAP;
import static stasis.kernel.signal.SignalSet.bit;

import org.jspecify.annotations.Nullable;

import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Signals sent and not yet delivered, of one task or of a whole process. Task set's lock. */
@Saved("signal.SignalQueue")
public final class SignalQueue {
    /** RLIMIT_SIGPENDING's default; a real-time signal beyond it is EAGAIN. */
    private static final int MAX_QUEUED = 65536;

    private static final long SYNCHRONOUS =
            bit(SIGSEGV) | bit(SIGBUS) | bit(SIGILL) | bit(SIGTRAP) | bit(SIGFPE) | bit(SIGSYS);

    private long pending;

    /** In order of arrival; at most one for each standard signal. */
    private List<SignalInfo> queue = new ArrayList<>();

    public SignalQueue() {}

    public long pending() {
        return pending;
    }

    /**
     * False if a real-time signal found the queue full. A standard signal that is pending stays.
     */
    public boolean add(SignalInfo info) {
        long bit = bit(info.signo());
        if (info.signo() < SignalSet.FIRST_REALTIME && (pending & bit) != 0) return true;
        if (queue.size() >= MAX_QUEUED) return false;
        queue.add(info);
        pending |= bit;
        return true;
    }

    /**
     * Takes the next signal outside {@code blocked}: SIGKILL, then what the processor raised, then
     * by number, signal(7).
     */
    public @Nullable SignalInfo take(long blocked) {
        long ready = pending & ~blocked;
        if (ready == 0) return null;
        if ((ready & bit(SIGKILL)) != 0) ready = bit(SIGKILL);
        else if ((ready & SYNCHRONOUS) != 0) ready &= SYNCHRONOUS;
        return remove(Long.numberOfTrailingZeros(ready) + 1);
    }

    private @Nullable SignalInfo remove(int signo) {
        SignalInfo found = null;
        boolean more = false;
        for (Iterator<SignalInfo> it = queue.iterator(); it.hasNext(); ) {
            SignalInfo info = it.next();
            if (info.signo() != signo) continue;
            if (found == null) {
                found = info;
                it.remove();
            } else {
                more = true;
                break;
            }
        }
        if (!more) pending &= ~bit(signo);
        return found;
    }

    /** Throws away what is pending of {@code signals}. */
    public void discard(long signals) {
        if ((pending & signals) == 0) return;
        queue.removeIf(i -> (bit(i.signo()) & signals) != 0);
        pending &= ~signals;
    }
}
