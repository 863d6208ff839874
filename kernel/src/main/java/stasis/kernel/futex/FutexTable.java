package stasis.kernel.futex;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Who waits on which futex word. Not saved: a waiting call is made again after a restore, and looks
 * at the word again.
 */
public final class FutexTable {
    private final RankedLock lock = new RankedLock(LockRank.FUTEX);

    /** In order of arrival. Guarded by {@link #lock}. */
    private final Map<FutexKey, ArrayDeque<FutexWaiter>> queues = new HashMap<>();

    /** Waiters over all keys, readable without the lock: a wake without waiters takes none. */
    private volatile int waiting;

    /** Precondition for a correct wait: the word is read after this, not before. */
    public void add(FutexWaiter waiter) {
        try (var _ = lock.hold()) {
            queues.computeIfAbsent(waiter.key, k -> new ArrayDeque<>(2)).add(waiter);
            waiting++;
        }
    }

    /** Does nothing if it was woken. */
    public void remove(FutexWaiter waiter) {
        try (var _ = lock.hold()) {
            if (waiter.woken()) return;
            ArrayDeque<FutexWaiter> queue = queues.get(waiter.key);
            if (queue == null || !queue.remove(waiter)) return;
            if (queue.isEmpty()) queues.remove(waiter.key);
            waiting--;
        }
    }

    /** True if nobody waits on any word. */
    public boolean isEmpty() {
        return waiting == 0;
    }

    /** Wakes at most {@code max} waiters whose bits meet {@code bitset}; returns how many. */
    public int wake(FutexKey key, int max, int bitset) {
        if (waiting == 0) return 0;
        try (var _ = lock.hold()) {
            return wakeLocked(key, max, bitset);
        }
    }

    private int wakeLocked(FutexKey key, int max, int bitset) {
        ArrayDeque<FutexWaiter> queue = queues.get(key);
        if (queue == null) return 0;
        int n = 0;
        for (Iterator<FutexWaiter> it = queue.iterator(); n < max && it.hasNext(); ) {
            FutexWaiter w = it.next();
            if ((w.bitset & bitset) == 0) continue;
            it.remove();
            waiting--;
            w.wake();
            n++;
        }
        if (queue.isEmpty()) queues.remove(key);
        return n;
    }

    /**
     * Wakes {@code wake} waiters of {@code from} and moves at most {@code move} others to {@code
     * to}.
     */
    public int requeue(FutexKey from, int wake, FutexKey to, int move) {
        try (var _ = lock.hold()) {
            int n = wakeLocked(from, wake, -1);
            ArrayDeque<FutexWaiter> queue = queues.get(from);
            if (queue == null || from.equals(to)) return n;
            int moved = 0;
            while (moved < move && !queue.isEmpty()) {
                FutexWaiter w = queue.removeFirst();
                w.key = to;
                queues.computeIfAbsent(to, k -> new ArrayDeque<>(2)).add(w);
                moved++;
            }
            if (queue.isEmpty()) queues.remove(from);
            return n + moved;
        }
    }
}
