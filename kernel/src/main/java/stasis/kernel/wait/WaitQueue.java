package stasis.kernel.wait;

import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;

import java.util.ArrayList;
import java.util.List;

/**
 * Whoever waits for a file, a child, a signal. Waking is cheap when nobody waits. Not saved: who
 * waits in a call registers again when the call is made again; who waits for ever (epoll) registers
 * again in its restore hook.
 */
public final class WaitQueue {
    private final RankedLock lock = new RankedLock(LockRank.WAIT_QUEUE);

    /** Guarded by {@link #lock}, in order of arrival. */
    private final List<Waiter> waiters = new ArrayList<>(0);

    /** Size of {@link #waiters}, readable without the lock. */
    private volatile int count;

    public void add(Waiter waiter) {
        try (var _ = lock.hold()) {
            waiters.add(waiter);
            count = waiters.size();
        }
    }

    public void remove(Waiter waiter) {
        try (var _ = lock.hold()) {
            waiters.remove(waiter);
            count = waiters.size();
        }
    }

    /**
     * Tells everyone who waits for one of {@code events}. The condition must already be visible:
     * who registers after this call sees it by looking. One queue may wake another (epoll instances
     * in epoll instances); epoll_ctl(2) sees to it that this never goes in a circle.
     */
    public void wake(int events) {
        if (count == 0) return;
        try (var _ = lock.holdSecond()) {
            for (int i = 0; i < waiters.size(); i++) {
                Waiter w = waiters.get(i);
                int what = events & (w.events() | POLLERR | POLLHUP);
                if (what != 0) w.tell(what);
            }
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }
}
