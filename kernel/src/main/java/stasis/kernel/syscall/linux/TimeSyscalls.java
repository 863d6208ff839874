package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Signal.SIGALRM;
import static stasis.abi.Signal.SIGEV_NONE;
import static stasis.abi.Signal.SIGEV_SIGNAL;
import static stasis.abi.Signal.SIGEV_THREAD_ID;
import static stasis.abi.Time.CLOCK_BOOTTIME;
import static stasis.abi.Time.CLOCK_MONOTONIC;
import static stasis.abi.Time.CLOCK_MONOTONIC_COARSE;
import static stasis.abi.Time.CLOCK_MONOTONIC_RAW;
import static stasis.abi.Time.CLOCK_PROCESS_CPUTIME_ID;
import static stasis.abi.Time.CLOCK_REALTIME;
import static stasis.abi.Time.CLOCK_REALTIME_COARSE;
import static stasis.abi.Time.CLOCK_TAI;
import static stasis.abi.Time.CLOCK_THREAD_CPUTIME_ID;
import static stasis.abi.Time.TIMER_ABSTIME;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.IntervalTimer;
import stasis.kernel.task.PosixTimer;
import stasis.kernel.task.Task;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.task.Timers;

/** Clocks, sleeping, and timers that send signals. */
final class TimeSyscalls {
    private TimeSyscalls() {}

    private static long now(Task task, int clock) throws ErrnoException {
        return switch (clock) {
            case CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_TAI -> task.realtimeClock().now();
            case CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME ->
                    task.monotonicClock().now();
            case CLOCK_PROCESS_CPUTIME_ID -> cpuTime(task.group());
            case CLOCK_THREAD_CPUTIME_ID -> task.userNanos() + task.systemNanos();
            default -> {
                if (clock >= 0) throw EINVAL.exception();
                yield otherCpuTime(task, clock);
            }
        };
    }

    /** clock_getcpuclockid(3): ~pid << 3 | 2 for a process, | 4 for a thread. */
    private static long otherCpuTime(Task task, int clock) throws ErrnoException {
        int id = ~(clock >> 3);
        boolean thread = (clock & 4) != 0;
        try (var _ = task.machine().tasks().lock().hold()) {
            Task found = id == 0 ? task : task.machine().tasks().findLocked(id);
            if (found == null) throw EINVAL.exception();
            if (thread) return found.userNanos() + found.systemNanos();
            return found.group().userNanos() + found.group().systemNanos();
        }
    }

    private static long cpuTime(ThreadGroup group) {
        try (var _ = group.leader().machine().tasks().lock().hold()) {
            return group.userNanos() + group.systemNanos();
        }
    }

    /** {@code int clock_gettime(clockid_t clockid, struct timespec *tp)} */
    static long clock_gettime(Task task, SyscallArgs args) throws SyscallException {
        TimeArgs.writeTimespec(task, args.a1, now(task, args.int0()));
        return 0;
    }

    /** {@code int clock_getres(clockid_t clockid, struct timespec *res)} */
    static long clock_getres(Task task, SyscallArgs args) throws SyscallException {
        now(task, args.int0());
        boolean coarse =
                args.int0() == CLOCK_REALTIME_COARSE || args.int0() == CLOCK_MONOTONIC_COARSE;
        if (args.a1 != 0) TimeArgs.writeTimespec(task, args.a1, coarse ? 4_000_000 : 1);
        return 0;
    }

    /** {@code int clock_settime(clockid_t clockid, const struct timespec *tp)} */
    static long clock_settime(Task task, SyscallArgs args) throws SyscallException {
        TimeArgs.timespec(task, args.a1);
        throw (args.int0() == CLOCK_REALTIME ? EPERM : EINVAL).exception();
    }

    /** {@code int gettimeofday(struct timeval *tv, struct timezone *tz)} */
    static long gettimeofday(Task task, SyscallArgs args) throws SyscallException {
        if (args.a0 != 0) TimeArgs.writeTimeval(task, args.a0, task.realtimeClock().now());
        if (args.a1 != 0) task.memory().writeLong(args.a1, 0);
        return 0;
    }

    /** {@code time_t time(time_t *tloc)} */
    static long time(Task task, SyscallArgs args) throws SyscallException {
        long seconds = Math.floorDiv(task.realtimeClock().now(), TimeArgs.SECOND);
        if (args.a0 != 0) task.memory().writeLong(args.a0, seconds);
        return seconds;
    }

    /** {@code int nanosleep(const struct timespec *req, struct timespec *rem)} */
    static long nanosleep(Task task, SyscallArgs args) throws SyscallException {
        return sleep(task, task.deadline(TimeArgs.timespec(task, args.a0)), args.a1);
    }

    /**
     * {@code int clock_nanosleep(clockid_t clockid, int flags, const struct timespec *request,
     * struct timespec *remain)}
     */
    static long clock_nanosleep(Task task, SyscallArgs args) throws SyscallException {
        int clock = args.int0();
        boolean realtime = clock == CLOCK_REALTIME || clock == CLOCK_TAI;
        if (!realtime && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME) {
            throw EINVAL.exception();
        }
        long nanos = TimeArgs.timespec(task, args.a2);
        if ((args.int1() & TIMER_ABSTIME) == 0) return sleep(task, task.deadline(nanos), args.a3);
        long deadline = realtime ? TimeArgs.realtimeDeadline(task, nanos) : nanos;
        task.prepareSleep();
        while (task.sleep(deadline, RestartException.ERESTARTNOHAND)) task.prepareSleep();
        return 0;
    }

    private static long sleep(Task task, long deadline, long remain) throws SyscallException {
        task.prepareSleep();
        try {
            while (task.sleep(deadline, RestartException.ERESTART_RESTARTBLOCK)) {
                task.prepareSleep();
            }
            return 0;
        } catch (RestartException e) {
            long left = Math.max(0, deadline - task.monotonicClock().now());
            if (remain != 0) TimeArgs.writeTimespec(task, remain, left);
            throw e;
        }
    }

    // ---- interval timers

    /** {@code unsigned int alarm(unsigned int seconds)} */
    static long alarm(Task task, SyscallArgs args) {
        long seconds = args.a0 & 0xffffffffL;
        IntervalTimer timer = Timers.interval(task, 0);
        try (var _ = task.machine().tasks().lock().hold()) {
            long left = timer.remaining(task.machine());
            timer.setLocked(task.machine(), seconds * TimeArgs.SECOND, 0);
            return left == 0 ? 0 : Math.max(1, (left + TimeArgs.SECOND / 2) / TimeArgs.SECOND);
        }
    }

    private static IntervalTimer timer(Task task, int which) throws ErrnoException {
        if (which < 0 || which > 2) throw EINVAL.exception();
        return Timers.interval(task, which);
    }

    /** {@code int getitimer(int which, struct itimerval *curr_value)} */
    static long getitimer(Task task, SyscallArgs args) throws SyscallException {
        IntervalTimer timer = timer(task, args.int0());
        long left;
        long interval;
        try (var _ = task.machine().tasks().lock().hold()) {
            left = timer.remaining(task.machine());
            interval = timer.interval();
        }
        TimeArgs.writeTimeval(task, args.a1, interval);
        TimeArgs.writeTimeval(task, args.a1 + 16, left);
        return 0;
    }

    /** {@code int setitimer(int which, const struct itimerval *new, struct itimerval *old)} */
    static long setitimer(Task task, SyscallArgs args) throws SyscallException {
        IntervalTimer timer = timer(task, args.int0());
        long interval = args.a1 == 0 ? 0 : TimeArgs.timeval(task, args.a1);
        long value = args.a1 == 0 ? 0 : TimeArgs.timeval(task, args.a1 + 16);
        long oldLeft;
        long oldInterval;
        try (var _ = task.machine().tasks().lock().hold()) {
            oldLeft = timer.remaining(task.machine());
            oldInterval = timer.interval();
            timer.setLocked(task.machine(), value, interval);
        }
        if (args.a2 != 0) {
            TimeArgs.writeTimeval(task, args.a2, oldInterval);
            TimeArgs.writeTimeval(task, args.a2 + 16, oldLeft);
        }
        return 0;
    }

    // ---- timer_create(2)

    /** {@code int timer_create(clockid_t clockid, struct sigevent *sevp, timer_t *timerid)} */
    static long timer_create(Task task, SyscallArgs args) throws SyscallException {
        int clock = args.int0();
        boolean realtime = clock == CLOCK_REALTIME || clock == CLOCK_TAI;
        if (!realtime && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME) {
            throw EINVAL.exception();
        }
        int signal = SIGALRM;
        long value = 0;
        Task target = null;
        boolean valueIsId = args.a1 == 0;
        if (args.a1 != 0) {
            value = task.memory().readLong(args.a1);
            int signo = task.memory().readInt(args.a1 + 8);
            int notify = task.memory().readInt(args.a1 + 12);
            signal = notify == SIGEV_NONE ? 0 : signo;
            switch (notify) {
                case SIGEV_NONE, SIGEV_SIGNAL -> {}
                case SIGEV_THREAD_ID -> target = thread(task, task.memory().readInt(args.a1 + 16));
                default -> throw EINVAL.exception();
            }
            if (notify != SIGEV_NONE && !SignalSet.valid(signo)) throw EINVAL.exception();
        }
        PosixTimer timer = Timers.create(task, realtime, target, signal, value, valueIsId);
        if (timer == null) throw EAGAIN.exception();
        task.memory().writeInt(args.a2, Timers.id(timer));
        return 0;
    }

    private static Task thread(Task task, int tid) throws ErrnoException {
        try (var _ = task.machine().tasks().lock().hold()) {
            Task t = task.machine().tasks().findLocked(tid);
            if (t == null || t.group() != task.group()) throw EINVAL.exception();
            return t;
        }
    }

    private static PosixTimer find(Task task, int id) throws ErrnoException {
        PosixTimer timer = Timers.find(task, id);
        if (timer == null) throw EINVAL.exception();
        return timer;
    }

    /**
     * {@code int timer_settime(timer_t timerid, int flags, const struct itimerspec *new, struct
     * itimerspec *old)}
     */
    static long timer_settime(Task task, SyscallArgs args) throws SyscallException {
        PosixTimer timer = find(task, args.int0());
        long interval = TimeArgs.timespec(task, args.a2);
        long value = TimeArgs.timespec(task, args.a2 + 16);
        long oldLeft;
        long oldInterval;
        try (var _ = task.machine().tasks().lock().hold()) {
            oldLeft = timer.remaining();
            oldInterval = timer.interval();
            timer.setLocked(value, (args.int1() & TIMER_ABSTIME) != 0, interval);
        }
        if (args.a3 != 0) {
            TimeArgs.writeTimespec(task, args.a3, oldInterval);
            TimeArgs.writeTimespec(task, args.a3 + 16, oldLeft);
        }
        return 0;
    }

    /** {@code int timer_gettime(timer_t timerid, struct itimerspec *curr_value)} */
    static long timer_gettime(Task task, SyscallArgs args) throws SyscallException {
        PosixTimer timer = find(task, args.int0());
        long left;
        long interval;
        try (var _ = task.machine().tasks().lock().hold()) {
            left = timer.remaining();
            interval = timer.interval();
        }
        TimeArgs.writeTimespec(task, args.a1, interval);
        TimeArgs.writeTimespec(task, args.a1 + 16, left);
        return 0;
    }

    /** {@code int timer_getoverrun(timer_t timerid)} */
    static long timer_getoverrun(Task task, SyscallArgs args) throws SyscallException {
        return find(task, args.int0()).overrun();
    }

    /** {@code int timer_delete(timer_t timerid)} */
    static long timer_delete(Task task, SyscallArgs args) throws SyscallException {
        Timers.delete(task, find(task, args.int0()));
        return 0;
    }
}
