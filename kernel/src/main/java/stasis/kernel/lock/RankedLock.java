package stasis.kernel.lock;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A mutex that knows its place. With assertions on, taking it out of order fails at once. Not
 * reentrant by intent: a method that expects the lock held is named {@code ...Locked}.
 */
public final class RankedLock implements AutoCloseable {
    private static final ThreadLocal<ArrayDeque<RankedLock>> HELD =
            ThreadLocal.withInitial(ArrayDeque::new);

    private final LockRank rank;
    private final ReentrantLock lock = new ReentrantLock();

    public RankedLock(LockRank rank) {
        this.rank = rank;
    }

    /** {@code try (var _ = lock.hold()) { ... }} */
    public RankedLock hold() {
        assert entering(false);
        lock.lock();
        return this;
    }

    /**
     * A second lock of the same rank. Precondition: the caller orders such pairs by some number
     * that both have (an inode number, a thread group id).
     */
    public RankedLock holdSecond() {
        assert entering(true);
        lock.lock();
        return this;
    }

    @Override
    public void close() {
        lock.unlock();
        assert left();
    }

    /** For {@code assert lock.heldByMe()} at the top of a {@code ...Locked} method. */
    public boolean heldByMe() {
        return lock.isHeldByCurrentThread();
    }

    private boolean entering(boolean second) {
        ArrayDeque<RankedLock> held = HELD.get();
        RankedLock last = held.peekLast();
        if (last != null) {
            int order = last.rank.compareTo(rank);
            if (order > 0 || (order == 0 && !second)) {
                throw new AssertionError(
                        "lock order: " + rank + " taken while holding " + last.rank);
            }
        }
        held.addLast(this);
        return true;
    }

    private boolean left() {
        HELD.get().removeLastOccurrence(this);
        return true;
    }
}
