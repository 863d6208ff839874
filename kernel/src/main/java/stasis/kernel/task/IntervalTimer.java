package stasis.kernel.task;

import static stasis.abi.Signal.SIGALRM;
import static stasis.abi.Signal.SIGPROF;
import static stasis.abi.Signal.SIGVTALRM;

import stasis.kernel.signal.SignalInfo;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.TimerTarget;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

/**
 * One of setitimer(2)'s timers. Unlike Linux, ITIMER_VIRTUAL and ITIMER_PROF run on
 * CLOCK_MONOTONIC.
 */
@Saved("task.IntervalTimer")
public final class IntervalTimer implements TimerTarget {
    private static final int[] SIGNALS = {SIGALRM, SIGVTALRM, SIGPROF};

    private ThreadGroup group;
    private int which;

    /** Guest time of the next expiry, or NEVER. Guarded by the task set's lock. */
    private long deadline = MonotonicClock.NEVER;

    /** Nanoseconds, 0: once. Guarded by the task set's lock. */
    private long interval;

    @NotSaved("found again by the hook")
    private @org.jspecify.annotations.Nullable Machine machine;

    @SuppressWarnings("NullAway.Init")
    private IntervalTimer() {}

    IntervalTimer(ThreadGroup group, int which) {
        this.group = group;
        this.which = which;
    }

    /** Nanoseconds until it expires, 0 if it is disarmed. */
    public long remaining(Machine m) {
        if (deadline == MonotonicClock.NEVER) return 0;
        return Math.max(1, deadline - m.clock().now());
    }

    public long interval() {
        return interval;
    }

    /** Precondition: the task set's lock is held. */
    public void setLocked(Machine m, long valueNanos, long intervalNanos) {
        machine = m;
        m.clock().cancel(this);
        interval = intervalNanos;
        deadline = valueNanos == 0 ? MonotonicClock.NEVER : m.clock().now() + valueNanos;
        m.clock().wakeAt(deadline, this);
    }

    @Override
    public void expired(long deadlineNanos) {
        Machine m = machine;
        if (m == null) return;
        try (var _ = m.tasks().lock().hold()) {
            if (deadline != deadlineNanos) return;
            if (interval == 0) {
                deadline = MonotonicClock.NEVER;
            } else {
                long missed = Math.max(0, (m.clock().now() - deadline) / interval);
                deadline += (missed + 1) * interval;
                m.clock().wakeAt(deadline, this);
            }
            SignalSend.toGroupLocked(group, SignalInfo.kernel(SIGNALS[which]));
        }
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(group);
        if (deadline == MonotonicClock.NEVER) return;
        Machine m = restoration.ready(group.leader.machine());
        machine = m;
        restoration.ready(m.clock()).wakeAt(deadline, this);
    }
}
