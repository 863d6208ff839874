package stasis.kernel.net;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where threads of the host wait while the kernel is paused. */
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean open;
    private boolean gone;

    Gate() {}

    void set(boolean isOpen) {
        lock.lock();
        try {
            open = isOpen;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** There is nothing to wait for any more. */
    void end() {
        lock.lock();
        try {
            gone = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** False if there never will be anything behind it. */
    boolean pass() {
        lock.lock();
        try {
            while (!open && !gone) changed.awaitUninterruptibly();
            return !gone;
        } finally {
            lock.unlock();
        }
    }
}
