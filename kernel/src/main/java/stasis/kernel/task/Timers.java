package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

/** A process's timers that send signals: setitimer(2), timer_create(2). */
public final class Timers {
    private static final int MAX_TIMERS = 65536;

    private Timers() {}

    /** ITIMER_REAL 0, ITIMER_VIRTUAL 1 or ITIMER_PROF 2. */
    public static IntervalTimer interval(Task task, int which) {
        return task.group().itimers[which];
    }

    /**
     * Null if there are too many.
     *
     * @param signal 0: none
     * @param valueIsId {@code si_value} is the timer's id, as without a {@code struct sigevent}
     */
    public static @Nullable PosixTimer create(
            Task task,
            boolean realtime,
            @Nullable Task target,
            int signal,
            long value,
            boolean valueIsId) {
        ThreadGroup group = task.group();
        try (var _ = task.machine().tasks().lock().hold()) {
            if (group.timers.size() >= MAX_TIMERS) return null;
            int id = group.nextTimerId++;
            PosixTimer timer =
                    new PosixTimer(
                            task.machine(),
                            group,
                            id,
                            realtime,
                            target,
                            signal,
                            valueIsId ? id : value);
            group.timers.add(timer);
            return timer;
        }
    }

    public static @Nullable PosixTimer find(Task task, int id) {
        try (var _ = task.machine().tasks().lock().hold()) {
            for (PosixTimer t : task.group().timers) if (t.id == id) return t;
            return null;
        }
    }

    public static int id(PosixTimer timer) {
        return timer.id;
    }

    public static void delete(Task task, PosixTimer timer) {
        try (var _ = task.machine().tasks().lock().hold()) {
            timer.deleteLocked();
            task.group().timers.remove(timer);
        }
    }
}
