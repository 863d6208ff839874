package stasis.kernel.futex;

import stasis.kernel.wait.WaitTarget;
import stasis.kernel.wait.Waiter;

/** One task in FUTEX_WAIT. */
public final class FutexWaiter {
    /** Guarded by the table's lock: FUTEX_REQUEUE changes it. */
    FutexKey key;

    final int bitset;
    private final WaitTarget target;
    private final Waiter waiter;
    private volatile boolean woken;

    public FutexWaiter(FutexKey key, int bitset, WaitTarget target) {
        this.key = key;
        this.bitset = bitset;
        this.target = target;
        this.waiter = new Waiter(target, 0);
    }

    public boolean woken() {
        return woken;
    }

    void wake() {
        woken = true;
        target.ready(waiter, 0);
    }
}
