package stasis.kernel.fs.timerfd;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.ECANCELED;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.Words;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.time.TimerTarget;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** A timer that is read, timerfd_create(2). */
@Saved("timerfd.Timerfd")
public final class Timerfd implements FileImpl, TimerTarget {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    private Inode inode;
    private MonotonicClock monotonic;
    private RealtimeClock realtime;
    private TimerfdClock kind;

    /** With an absolute value. Guarded by {@link #lock}, like all that follows. */
    private Arming arming = Arming.DISARMED;

    /** On CLOCK_REALTIME, and set to an absolute time: it jumps with the clock. */
    private boolean absolute;

    /** TFD_TIMER_CANCEL_ON_SET was given. */
    private boolean cancelOnSet;

    /** The clock has jumped; the next read tells. */
    private boolean canceled;

    /** Expirations that were not read. */
    private long expirations;

    @SuppressWarnings("NullAway.Init")
    private Timerfd() {}

    public Timerfd(
            Inode inode, TimerfdClock kind, MonotonicClock monotonic, RealtimeClock realtime) {
        this.inode = inode;
        this.kind = kind;
        this.monotonic = monotonic;
        this.realtime = realtime;
    }

    /** A relative timer on CLOCK_REALTIME does not jump, so it runs on the monotonic clock. */
    private long nowLocked() {
        return absolute ? realtime.now() : monotonic.now();
    }

    private void collectLocked() {
        if (arming.isDisarmed()) return;
        long late = nowLocked() - arming.value();
        if (late < 0) return;
        long interval = arming.interval();
        if (interval == 0) {
            expirations++;
            arming = Arming.DISARMED;
            return;
        }
        long missed = late / interval;
        expirations += missed + 1;
        arming = new Arming(later(arming.value() + missed * interval, interval), interval);
    }

    /** The end of time if it is beyond that. */
    private static long later(long time, long nanos) {
        return time > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : time + nanos;
    }

    private void scheduleLocked() {
        monotonic.cancel(this);
        if (arming.isDisarmed() || arming.value() == Long.MAX_VALUE) return;
        long left = arming.value() - nowLocked();
        monotonic.wakeAt(later(monotonic.now(), Math.max(0, left)), this);
    }

    /**
     * timerfd_settime(2).
     *
     * @param isAbsolute TFD_TIMER_ABSTIME
     * @param cancels TFD_TIMER_CANCEL_ON_SET
     * @return what was set before, as {@link #get} tells it
     */
    public Arming set(Arming wanted, boolean isAbsolute, boolean cancels) throws SyscallException {
        Arming before;
        try (var _ = lock.hold()) {
            before = getLocked();
            boolean wall = kind == TimerfdClock.REALTIME && isAbsolute;
            absolute = wall;
            cancelOnSet = wall && cancels;
            canceled = false;
            expirations = 0;
            arming = wanted;
            if (!isAbsolute && !wanted.isDisarmed()) {
                arming = new Arming(later(nowLocked(), wanted.value()), wanted.interval());
            }
            scheduleLocked();
        }
        return before;
    }

    /** timerfd_gettime(2): with the time that is left as its value. */
    public Arming get() {
        try (var _ = lock.hold()) {
            return getLocked();
        }
    }

    private Arming getLocked() {
        collectLocked();
        if (arming.isDisarmed()) return new Arming(0, arming.interval());
        return new Arming(Math.max(1, arming.value() - nowLocked()), arming.interval());
    }

    /** The one that wakes it, whatever it is set by. */
    MonotonicClock clock() {
        return monotonic;
    }

    @Override
    public void expired(long deadlineNanos) {
        boolean due;
        try (var _ = lock.hold()) {
            collectLocked();
            due = expirations > 0;
            scheduleLocked();
        }
        if (due) waitQueue.wake(POLLIN | POLLRDNORM);
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        Words.check(length);
        try (var _ = lock.hold()) {
            if (canceled) {
                canceled = false;
                throw ECANCELED.exception();
            }
            collectLocked();
            if (expirations == 0) throw EAGAIN.exception();
            Words.set(to, at, expirations);
            expirations = 0;
        }
        return Words.BYTES;
    }

    @Override
    public int readiness() {
        try (var _ = lock.hold()) {
            collectLocked();
            return expirations > 0 || canceled ? POLLIN | POLLRDNORM : 0;
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void release(Caller caller) {
        monotonic.cancel(this);
    }

    /** CLOCK_REALTIME has jumped over the time in the snapshot: who asked for it is told. */
    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(monotonic);
        restoration.ready(realtime);
        if (cancelOnSet) canceled = true;
        try (var _ = lock.hold()) {
            scheduleLocked();
        }
    }
}
