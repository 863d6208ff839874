package stasis.kernel.wait;

/** One registration on one {@link WaitQueue}. Never saved: a snapshot has no waiters. */
public final class Waiter {
    private final WaitTarget target;
    private final int events;

    /**
     * @param events bits of {@code POLLIN} and so on; POLLERR and POLLHUP are always told
     */
    public Waiter(WaitTarget target, int events) {
        this.target = target;
        this.events = events;
    }

    public int events() {
        return events;
    }

    void tell(int what) {
        target.ready(this, what);
    }
}
