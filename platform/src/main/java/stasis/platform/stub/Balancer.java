package stasis.platform.stub;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Two that take turns on one core may both have long work to do all of a sudden. Then neither
 * stops, and nobody else would move one of them to a core that is free.
 *
 * <p>Its thread begins when it is first needed, and sleeps while nobody takes turns.
 */
final class Balancer {
    private static final long TICK_NANOS = 4_000_000;

    private final Cores cores;
    private final Set<Placement> all;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /** Somebody has entered beside another since the last tick, or it has seen two itself. */
    private volatile boolean isWanted;

    private volatile boolean isAsleep;
    private volatile boolean isClosed;

    Balancer(Cores cores, Set<Placement> all) {
        this.cores = cores;
        this.all = all;
    }

    /** Any thread: there are two on one core. */
    void watch() {
        isWanted = true;
        Thread t = thread.get();
        if (t == null) start();
        else if (isAsleep) LockSupport.unpark(t);
    }

    private void start() {
        Thread t = Thread.ofPlatform().daemon().name("stub-balancer").unstarted(this::work);
        if (thread.compareAndSet(null, t)) t.start();
    }

    void close() {
        isClosed = true;
        LockSupport.unpark(thread.get());
    }

    private void work() {
        cores.unpin(0);
        Placement before = null;
        while (!isClosed) {
            if (!isWanted) sleep();
            isWanted = false;
            LockSupport.parkNanos(this, TICK_NANOS);
            before = tick(before);
        }
    }

    /** An unpark is not lost: {@link #watch} looks after it has said that it is wanted. */
    private void sleep() {
        isAsleep = true;
        while (!isWanted && !isClosed) LockSupport.park(this);
        isAsleep = false;
    }

    /** Moves one that shares its core for the second time in a row; else says who does now. */
    private @Nullable Placement tick(@Nullable Placement before) {
        int crowded = cores.crowded();
        int idle = cores.idle();
        if (crowded < 0) return null;
        isWanted = true;
        if (idle < 0) return null;
        if (before != null && before.pull(crowded, idle)) return null;
        for (Placement p : all) {
            if (p.isInUserCode(crowded)) return p;
        }
        return null;
    }
}
