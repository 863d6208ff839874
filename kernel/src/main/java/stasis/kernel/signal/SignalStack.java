package stasis.kernel.signal;

import stasis.state.Saved;

/** sigaltstack(2). */
@Saved("signal.SignalStack")
public record SignalStack(long addr, long size, int flags) {
    /** SS_DISABLE. */
    public static final int DISABLE = 2;

    /** SS_ONSTACK. */
    public static final int ON_STACK = 1;

    /** SS_AUTODISARM. */
    public static final int AUTODISARM = 1 << 31;

    public static SignalStack none() {
        return new SignalStack(0, 0, DISABLE);
    }

    public boolean enabled() {
        return (flags & DISABLE) == 0 && size != 0;
    }

    /** Like Linux's on_sig_stack: never while it is auto-disarmed. */
    public boolean contains(long sp) {
        if (!enabled() || (flags & AUTODISARM) != 0) return false;
        return sp - addr > 0 && sp - addr <= size;
    }
}
