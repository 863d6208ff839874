package stasis.kernel.wait;

/** Who is told when a {@link WaitQueue} has news. */
public interface WaitTarget {
    /**
     * Something of {@code events} may be ready now. Called with the queue's lock held, by any
     * thread: sets a flag, unparks a thread, queues itself; takes no other lock but a wait queue's.
     */
    void ready(Waiter waiter, int events);
}
