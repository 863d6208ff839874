package stasis.kernel.fs.host;

import stasis.kernel.wait.WaitQueue;
import stasis.kernel.wait.WaitTarget;
import stasis.kernel.wait.Waiter;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A pump that waits for something in the kernel. */
final class HostThread implements WaitTarget {
    private final Thread thread = Thread.currentThread();

    private HostThread() {}

    @Override
    public void ready(Waiter waiter, int events) {
        LockSupport.unpark(thread);
    }

    /** Returns when {@code condition} holds; {@code queue} tells of changes. */
    static void await(WaitQueue queue, BooleanSupplier condition) throws InterruptedException {
        Waiter waiter = new Waiter(new HostThread(), -1);
        queue.add(waiter);
        try {
            while (!condition.getAsBoolean()) {
                if (Thread.interrupted()) throw new InterruptedException();
                LockSupport.park(queue);
            }
        } finally {
            queue.remove(waiter);
        }
    }
}
