package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Time.CLOCK_BOOTTIME;
import static stasis.abi.Time.CLOCK_MONOTONIC;
import static stasis.abi.Time.CLOCK_REALTIME;
import static stasis.abi.Timerfd.TFD_CLOEXEC;
import static stasis.abi.Timerfd.TFD_NONBLOCK;
import static stasis.abi.Timerfd.TFD_TIMER_ABSTIME;
import static stasis.abi.Timerfd.TFD_TIMER_CANCEL_ON_SET;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.timerfd.Arming;
import stasis.kernel.fs.timerfd.Timerfd;
import stasis.kernel.fs.timerfd.TimerfdClock;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** timerfd_create(2), timerfd_settime(2), timerfd_gettime(2). */
final class TimerfdSyscalls {
    private TimerfdSyscalls() {}

    /** {@code int timerfd_create(int clockid, int flags)} */
    static long timerfd_create(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int1();
        if ((flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) != 0) throw EINVAL.exception();
        TimerfdClock clock =
                switch (args.int0()) {
                    case CLOCK_MONOTONIC, CLOCK_BOOTTIME -> TimerfdClock.MONOTONIC;
                    case CLOCK_REALTIME -> TimerfdClock.REALTIME;
                    default -> throw EINVAL.exception();
                };
        Timerfd timer =
                new Timerfd(
                        AnonymousFilesystem.newOther(task.vfs(), task, "[timerfd]"),
                        clock,
                        task.monotonicClock(),
                        task.realtimeClock());
        FileDescription file = new FileDescription(timer, O_RDWR | (flags & TFD_NONBLOCK), null);
        return task.install(file, (flags & TFD_CLOEXEC) != 0);
    }

    private static Timerfd timer(Task task, int fd) throws ErrnoException {
        if (task.fdTable().get(fd).impl() instanceof Timerfd timer) return timer;
        throw EINVAL.exception();
    }

    private static void write(Task task, long addr, Arming arming) throws ErrnoException {
        TimeArgs.writeTimespec(task, addr, arming.interval());
        TimeArgs.writeTimespec(task, addr + 16, arming.value());
    }

    /**
     * {@code int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, struct
     * itimerspec *old_value)}
     */
    static long timerfd_settime(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int1();
        boolean absolute = (flags & TFD_TIMER_ABSTIME) != 0;
        boolean cancels = (flags & TFD_TIMER_CANCEL_ON_SET) != 0;
        if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) != 0) throw EINVAL.exception();
        long interval = TimeArgs.timespec(task, args.a2);
        long value = TimeArgs.timespec(task, args.a2 + 16);
        Timerfd timer = timer(task, args.int0());
        Arming before = timer.set(new Arming(value, interval), absolute, cancels);
        if (args.a3 != 0) write(task, args.a3, before);
        return 0;
    }

    /** {@code int timerfd_gettime(int fd, struct itimerspec *curr_value)} */
    static long timerfd_gettime(Task task, SyscallArgs args) throws SyscallException {
        write(task, args.a1, timer(task, args.int0()).get());
        return 0;
    }
}
