package stasis.kernel.task;

/**
 * Whether a task usually sleeps soon after it has woken another one, as in requests and replies.
 * Then both do best on one core: it is free by the time the other runs. Linux calls it a
 * synchronous wake-up, and knows it from the caller.
 *
 * <p>Only the task's own thread.
 */
final class WakeHabit {
    /** User code between waking and sleeping that still is "soon": a few stops, with their ways. */
    static final long SOON_NANOS = 100_000;

    private static final int ENOUGH = 4;
    private static final int MAX = 16;
    private static final int FALL = 8;
    private static final long NOT_WOKEN = -1;

    private long userAtWake = NOT_WOKEN;
    private int score;

    /**
     * @param userNanos that the task has spent in user code so far
     */
    void woke(long userNanos) {
        if (userAtWake == NOT_WOKEN) userAtWake = userNanos;
    }

    void sleeps(long userNanos) {
        if (userAtWake == NOT_WOKEN) return;
        boolean soon = userNanos - userAtWake < SOON_NANOS;
        userAtWake = NOT_WOKEN;
        score = soon ? Math.min(MAX, score + 1) : Math.max(0, score - FALL);
    }

    boolean sleepsSoon() {
        return score >= ENOUGH;
    }
}
