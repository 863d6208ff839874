package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

import stasis.kernel.signal.SignalInfo;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.TimerTarget;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

/** timer_create(2). Guarded by the task set's lock. */
@Saved("task.PosixTimer")
public final class PosixTimer implements TimerTarget {
    int id;
    private Machine machine;
    private ThreadGroup group;

    /** SIGEV_THREAD_ID: who gets the signal; null for the process. */
    private @Nullable Task target;

    /** 0: SIGEV_NONE. */
    private int signal;

    private long value;
    private boolean realtime;
    private long deadline = MonotonicClock.NEVER;
    private long interval;
    private int overrun;

    @SuppressWarnings("NullAway.Init")
    private PosixTimer() {}

    PosixTimer(
            Machine machine,
            ThreadGroup group,
            int id,
            boolean realtime,
            @Nullable Task target,
            int signal,
            long value) {
        this.machine = machine;
        this.group = group;
        this.id = id;
        this.realtime = realtime;
        this.target = target;
        this.signal = signal;
        this.value = value;
    }

    public long remaining() {
        if (deadline == MonotonicClock.NEVER) return 0;
        return Math.max(1, deadline - machine.clock().now());
    }

    public long interval() {
        return interval;
    }

    public int overrun() {
        return overrun;
    }

    /**
     * @param first nanoseconds from now, or a time of the timer's clock; 0 disarms
     */
    public void setLocked(long first, boolean absolute, long intervalNanos) {
        MonotonicClock clock = machine.clock();
        clock.cancel(this);
        interval = intervalNanos;
        overrun = 0;
        if (first == 0) {
            deadline = MonotonicClock.NEVER;
        } else if (!absolute) {
            deadline = clock.now() + first;
        } else {
            long now = realtime ? machine.realtime().now() : clock.now();
            deadline = clock.now() + (first - now);
        }
        clock.wakeAt(deadline, this);
    }

    public void deleteLocked() {
        machine.clock().cancel(this);
        deadline = MonotonicClock.NEVER;
    }

    @Override
    public void expired(long deadlineNanos) {
        try (var _ = machine.tasks().lock().hold()) {
            if (deadline != deadlineNanos) return;
            overrun = 0;
            if (interval == 0) {
                deadline = MonotonicClock.NEVER;
            } else {
                long missed = Math.max(0, (machine.clock().now() - deadline) / interval);
                overrun = (int) Math.min(missed, Integer.MAX_VALUE);
                deadline += (missed + 1) * interval;
                machine.clock().wakeAt(deadline, this);
            }
            if (signal == 0) return;
            SignalInfo info = SignalInfo.timer(signal, id, overrun, value);
            if (target != null) SignalSend.toTaskLocked(target, info);
            else SignalSend.toGroupLocked(group, info);
        }
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(restoration.ready(machine).clock()).wakeAt(deadline, this);
    }
}
