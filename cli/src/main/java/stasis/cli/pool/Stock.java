package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many sandboxes a pool has and is to have. One thread keeps it full; starting more than a few
 * at once would only make each of them slower.
 */
final class Stock implements Members.Owner {
    /** Starts a member; {@link #ready} or {@link #gone} comes later. */
    interface Source {
        void start() throws IOException;
    }

    private static final int STARTING_MAX = 2;

    /** What a member takes, before it has run. */
    private static final long MEMBER_MEGABYTES = 128;

    private static final long LOOK_AGAIN_MILLIS = 1000;

    /** What was just claimed comes first: a start takes a processor from it. */
    private static final long PAUSE_AFTER_CLAIM_NANOS = 100_000_000;

    private static final int LONGEST_PAUSE_SECONDS = 32;

    private final String pool;
    private final long keepFreeMegabytes;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();

    /** All below are guarded by {@link #lock}. */
    private final Deque<Member> ready = new ArrayDeque<>();

    private int size;
    private int starting;
    private int living;
    private long claimed;
    private int waiting;
    private int failures;
    private boolean closed;
    private long notBeforeNanos = System.nanoTime();
    private @Nullable String error;
    private boolean shortOfMemory;

    Stock(String pool, int size, long keepFreeMegabytes) {
        this.pool = pool;
        this.size = size;
        this.keepFreeMegabytes = keepFreeMegabytes;
    }

    /** Until the pool is closed. */
    void keepFull(Source source) throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                dismissSurplusLocked();
                if (!wantsMoreLocked()) {
                    changed.awaitNanos(untilNextLookLocked());
                    continue;
                }
                starting++;
                living++;
                try {
                    source.start();
                } catch (IOException e) {
                    living--;
                    failedLocked(String.valueOf(e.getMessage()));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private long untilNextLookLocked() {
        long longest = TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MILLIS);
        long left = notBeforeNanos - System.nanoTime();
        return left > 0 ? Math.min(left, longest) : longest;
    }

    private void dismissSurplusLocked() {
        while (ready.size() > size) ready.removeLast().dismiss();
    }

    private boolean wantsMoreLocked() {
        if (ready.size() + starting >= size || starting >= STARTING_MAX) return false;
        if (System.nanoTime() - notBeforeNanos < 0) return false;
        shortOfMemory =
                HostMemory.availableMegabytes()
                        < keepFreeMegabytes + (starting + 1) * MEMBER_MEGABYTES;
        return !shortOfMemory;
    }

    private void failedLocked(String why) {
        starting--;
        failures++;
        error = why;
        long pause = Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(failures - 1, 10));
        notBeforeNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(pause);
        changed.signalAll();
    }

    @Override
    public void ready(Member member) {
        lock.lock();
        try {
            starting--;
            failures = 0;
            error = null;
            if (closed) member.dismiss();
            else ready.addLast(member);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void gone(Member member, @Nullable String why) {
        lock.lock();
        try {
            living--;
            ready.remove(member);
            if (why != null) failedLocked(why);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the first member is ready, or it is clear that there will be none. */
    void awaitFirst() throws Failure, InterruptedException {
        lock.lock();
        try {
            while (ready.isEmpty() && claimed == 0 && size > 0) {
                if (error != null) throw new Failure(ExitCode.SANDBOX, error);
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The one that has waited longest; those who ask are served in turn. */
    Member take(long timeoutMillis) throws Failure, InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            waiting++;
            while (ready.isEmpty()) {
                if (left <= 0 || closed) throw emptyLocked();
                left = changed.awaitNanos(left);
            }
            claimed++;
            notBeforeNanos = Math.max(notBeforeNanos, System.nanoTime() + PAUSE_AFTER_CLAIM_NANOS);
            changed.signalAll(); // to be filled up
            return ready.removeFirst();
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private Failure emptyLocked() {
        String why = "";
        if (closed) why = ": it is being deleted";
        else if (error != null) why = ": " + error;
        else if (shortOfMemory) why = ": the host is short of memory";
        else if (size == 0) why = ": its size is 0";
        return new Failure(ExitCode.FAILED, "pool \"" + pool + "\" is empty" + why);
    }

    /** It was taken by somebody who could not have it. False if it has ended meanwhile. */
    boolean giveBack(Member member) {
        lock.lock();
        try {
            claimed--;
            changed.signalAll();
            if (!member.isHere()) return false;
            ready.addFirst(member);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void resize(int to) {
        lock.lock();
        try {
            size = to;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** No more are started; returns when none is left, or after a while. */
    void close(long timeoutMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            while (!ready.isEmpty()) ready.removeFirst().dismiss();
            while (living > 0 && left > 0) left = changed.awaitNanos(left);
        } finally {
            lock.unlock();
        }
    }

    Map<String, @Nullable Object> report() {
        lock.lock();
        try {
            Map<String, @Nullable Object> m = new LinkedHashMap<>();
            m.put("size", (long) size);
            m.put("ready", (long) ready.size());
            m.put("starting", (long) starting);
            m.put("claimed", claimed);
            m.put("waiting", (long) waiting);
            String note = error != null ? error : shortOfMemory ? "short of memory" : "";
            m.put("note", note);
            return m;
        } finally {
            lock.unlock();
        }
    }
}
