package stasis.kernel.time;

import org.jspecify.annotations.Nullable;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.PriorityQueue;

/**
 * The guest's CLOCK_MONOTONIC, and everyone who waits for a time. It stands still while the sandbox
 * is a snapshot, so deadlines on it need no adjustment after a restore.
 */
@Saved("time.MonotonicClock")
public final class MonotonicClock {
    /** A deadline that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    @NotSaved("the clock of the host that restores")
    private HostClock host;

    @NotSaved("remade so that guest time goes on from savedNow")
    private volatile long offset;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.CLOCK);

    /** Guarded by {@link #lock}. */
    @NotSaved("made anew; whoever waits for a time schedules itself again")
    private final PriorityQueue<Wakeup> wakeups = new PriorityQueue<>();

    @NotSaved("told again by the timer thread that runs after a restore")
    private volatile @Nullable Runnable earlier;

    /** Guest time at the save. Meaningful only inside a snapshot. */
    private long savedNow;

    private boolean stopped;

    @SuppressWarnings("NullAway.Init")
    private MonotonicClock() {}

    /** A clock that starts at {@code startNanos}. */
    public MonotonicClock(HostClock host, long startNanos) {
        this.host = host;
        this.offset = startNanos - host.monotonicNanos();
    }

    /** Guest nanoseconds. */
    public long now() {
        return stopped ? savedNow : host.monotonicNanos() + offset;
    }

    /** What to add to the host's CLOCK_MONOTONIC to get this clock; for the vDSO. */
    public long offset() {
        return offset;
    }

    /** From now on time stands still, until {@link #start}. Precondition: all tasks are paused. */
    public void stop() {
        savedNow = now();
        stopped = true;
    }

    public void start() {
        if (!stopped) return;
        offset = savedNow - host.monotonicNanos();
        stopped = false;
        Runnable tell = earlier;
        if (tell != null) tell.run();
    }

    /**
     * Calls {@code target} at {@code deadlineNanos}; a second call for the same target adds one.
     */
    public void wakeAt(long deadlineNanos, TimerTarget target) {
        if (deadlineNanos == NEVER) return;
        boolean first;
        try (var _ = lock.hold()) {
            Wakeup wakeup = new Wakeup(deadlineNanos, target);
            wakeups.add(wakeup);
            first = wakeups.peek() == wakeup;
        }
        Runnable tell = earlier;
        if (first && tell != null) tell.run();
    }

    /** Forgets every wake-up of {@code target}; one that is being called now may still arrive. */
    public void cancel(TimerTarget target) {
        try (var _ = lock.hold()) {
            wakeups.removeIf(w -> w.target == target);
        }
    }

    /** Calls everyone whose time has come; returns the next deadline, or {@link #NEVER}. */
    public long runExpired() {
        for (; ; ) {
            Wakeup due;
            try (var _ = lock.hold()) {
                Wakeup next = wakeups.peek();
                if (next == null) return NEVER;
                if (stopped) return NEVER;
                if (next.at > now()) return next.at;
                due = next;
                wakeups.poll();
            }
            due.target.expired(due.at);
        }
    }

    /** {@code tell} runs whenever the earliest deadline has moved forward. */
    public void onEarlier(Runnable tell) {
        earlier = tell;
    }

    private record Wakeup(long at, TimerTarget target) implements Comparable<Wakeup> {
        @Override
        public int compareTo(Wakeup other) {
            return Long.compare(at, other.at);
        }
    }

    @BeforeSave
    private void freeze() {
        savedNow = now();
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        host = restoration.resource(HostClock.class);
        offset = savedNow - host.monotonicNanos();
        stopped = true;
    }
}
