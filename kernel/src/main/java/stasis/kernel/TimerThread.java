package stasis.kernel;

import stasis.kernel.time.MonotonicClock;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The thread that calls whoever waits for a time of the guest's clock. */
final class TimerThread {
    private final MonotonicClock clock;
    private final Thread thread;

    /** Held while targets are called; whoever holds it knows that none is. */
    private final ReentrantLock calling = new ReentrantLock();

    private volatile boolean ended;
    private volatile boolean earlier;

    TimerThread(MonotonicClock clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("timers").daemon().unstarted(this::run);
        clock.onEarlier(
                () -> {
                    earlier = true;
                    LockSupport.unpark(thread());
                });
    }

    private Thread thread() {
        return thread;
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!ended) {
            earlier = false;
            long next;
            calling.lock();
            try {
                next = ended ? MonotonicClock.NEVER : clock.runExpired();
            } finally {
                calling.unlock();
            }
            if (earlier || ended) continue;
            if (next == MonotonicClock.NEVER) LockSupport.park(this);
            else LockSupport.parkNanos(this, Math.max(1, next - clock.now()));
        }
    }

    /** Runs {@code action} while no timer is being delivered. */
    void quiesced(Runnable action) {
        calling.lock();
        try {
            action.run();
        } finally {
            calling.unlock();
        }
    }

    /** Nobody is called any more when this returns. */
    void end() {
        quiesced(() -> ended = true);
        LockSupport.unpark(thread);
    }
}
