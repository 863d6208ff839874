package stasis.kernel.time;

/** Who is woken at a time. */
public interface TimerTarget {
    /** Called by the clock's thread with no lock held, at or after {@code deadlineNanos}. */
    void expired(long deadlineNanos);
}
