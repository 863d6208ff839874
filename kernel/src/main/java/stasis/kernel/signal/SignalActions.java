package stasis.kernel.signal;

import static stasis.kernel.signal.SignalSet.IGNORED;
import static stasis.kernel.signal.SignalSet.bit;

import stasis.state.Saved;

import java.util.Arrays;

/** What a process does about each signal; shared with CLONE_SIGHAND. Task set's lock. */
@Saved("signal.SignalActions")
public final class SignalActions {
    private SignalAction[] actions = new SignalAction[SignalSet.MAX + 1];

    public SignalActions() {
        Arrays.fill(actions, SignalAction.standard());
    }

    public SignalAction get(int signo) {
        return actions[signo];
    }

    public void set(int signo, SignalAction action) {
        actions[signo] = action;
    }

    /** True if the signal would be thrown away on delivery. */
    public boolean ignores(int signo) {
        SignalAction a = actions[signo];
        return a.isIgnore() || (a.isDefault() && (bit(signo) & IGNORED) != 0);
    }

    public SignalActions copy() {
        SignalActions copy = new SignalActions();
        copy.actions = actions.clone();
        return copy;
    }

    /** execve(2): handlers become SIG_DFL, ignored signals stay ignored. */
    public void resetHandlers() {
        for (int i = 1; i < actions.length; i++) {
            if (!actions[i].isIgnore()) actions[i] = SignalAction.standard();
        }
    }

    /** CLONE_CLEAR_SIGHAND. */
    public void resetAll() {
        resetHandlers();
    }
}
