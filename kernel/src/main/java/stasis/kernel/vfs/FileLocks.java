package stasis.kernel.vfs;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Poll.POLLIN;

import org.jspecify.annotations.Nullable;

import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.wait.Pollable;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The locks on one file: record locks of fcntl(2) and whole-file locks of flock(2), which do not
 * see each other. Unlike Linux, a deadlock of waiting processes is not detected (EDEADLK).
 */
@Saved("vfs.FileLocks")
public final class FileLocks implements Pollable {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    @NotSaved("made anew; waiters register again")
    private final WaitQueue released = new WaitQueue();

    /** By start within an owner. Guarded by {@link #lock}. */
    private List<RecordLock> records = new ArrayList<>(0);

    /** flock(2): at most one for each open file description. Guarded by {@link #lock}. */
    private List<RecordLock> flocks = new ArrayList<>(0);

    @Override
    public int readiness() {
        return POLLIN;
    }

    @Override
    public WaitQueue waitQueue() {
        return released;
    }

    /** F_GETLK: a record lock that {@code wanted} would have to wait for. */
    public @Nullable RecordLock blocker(RecordLock wanted) {
        try (var _ = lock.hold()) {
            return firstConflict(records, wanted);
        }
    }

    private static @Nullable RecordLock firstConflict(List<RecordLock> held, RecordLock wanted) {
        for (RecordLock l : held) if (l.conflictsWith(wanted)) return l;
        return null;
    }

    /** F_SETLK, F_SETLKW: EAGAIN if it would have to wait and {@code wait} is false. */
    public void lockRecord(Caller caller, RecordLock wanted, boolean wait) throws SyscallException {
        attempt(caller, wait, () -> tryRecord(wanted));
    }

    private long tryRecord(RecordLock wanted) throws SyscallException {
        try (var _ = lock.hold()) {
            if (firstConflict(records, wanted) != null) throw EAGAIN.exception();
            cutLocked(wanted.owner(), wanted.start(), wanted.end());
            records.add(merged(wanted));
            records.sort(Comparator.comparingLong(RecordLock::start));
        }
        released.wake(POLLIN);
        return 0;
    }

    /** Joins neighbours of the same owner and kind, which it takes out. */
    private RecordLock merged(RecordLock wanted) {
        long start = wanted.start();
        long end = wanted.end();
        for (int i = records.size() - 1; i >= 0; i--) {
            RecordLock l = records.get(i);
            if (l.owner() != wanted.owner() || l.exclusive() != wanted.exclusive()) continue;
            if (l.end() != start - 1 && (end == RecordLock.TO_END || l.start() != end + 1))
                continue;
            start = Math.min(start, l.start());
            end = Math.max(end, l.end());
            records.remove(i);
        }
        return wanted.part(start, end);
    }

    /** F_UNLCK. */
    public void unlockRecords(LockOwner owner, long start, long end) {
        try (var _ = lock.hold()) {
            cutLocked(owner, start, end);
        }
        released.wake(POLLIN);
    }

    private void cutLocked(LockOwner owner, long start, long end) {
        List<RecordLock> kept = new ArrayList<>();
        for (RecordLock l : records) {
            if (l.owner() != owner || !l.overlaps(start, end)) {
                kept.add(l);
                continue;
            }
            if (l.start() < start) kept.add(l.part(l.start(), start - 1));
            if (l.end() > end) kept.add(l.part(end + 1, l.end()));
        }
        records = kept;
    }

    /** flock(2). Like Linux, changing the kind gives the old lock up first. */
    public void flock(Caller caller, FileDescription file, boolean exclusive, boolean wait)
            throws SyscallException {
        RecordLock wanted = new RecordLock(file, exclusive, 0, RecordLock.TO_END, caller.pid());
        attempt(caller, wait, () -> tryFlock(wanted));
    }

    private long tryFlock(RecordLock wanted) throws SyscallException {
        boolean freed = false;
        try (var _ = lock.hold()) {
            for (RecordLock l : flocks) {
                if (l.owner() == wanted.owner() && l.exclusive() == wanted.exclusive()) return 0;
            }
            freed = flocks.removeIf(l -> l.owner() == wanted.owner());
            if (firstConflict(flocks, wanted) != null) throw EAGAIN.exception();
            flocks.add(wanted);
            return 0;
        } finally {
            if (freed) released.wake(POLLIN);
        }
    }

    public void unflock(FileDescription file) {
        try (var _ = lock.hold()) {
            flocks.removeIf(l -> l.owner() == file);
        }
        released.wake(POLLIN);
    }

    /** A process closed a descriptor of the file, or a description is gone: its locks go. */
    void drop(LockOwner owner) {
        boolean any;
        try (var _ = lock.hold()) {
            any = records.removeIf(l -> l.owner() == owner);
            any |= flocks.removeIf(l -> l.owner() == owner);
        }
        if (any) released.wake(POLLIN);
    }

    private void attempt(Caller caller, boolean wait, Blocking.Attempt attempt)
            throws SyscallException {
        if (!wait) {
            attempt.run();
            return;
        }
        Blocking.until(
                caller, this, POLLIN, MonotonicClock.NEVER, RestartException.ERESTARTSYS, attempt);
    }
}
