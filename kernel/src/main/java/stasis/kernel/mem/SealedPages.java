package stasis.kernel.mem;

import stasis.arch.Pages;
import stasis.platform.SealedMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Guest memory as it was when it was sealed.
 *
 * <p>Copies take as much memory as the guest writes, and at most what was in use. Beyond a bound
 * whoever writes is slowed: it waits in its page fault, for some milliseconds each time.
 */
public final class SealedPages implements AutoCloseable {
    private static final long WAIT_NANOS = 10_000_000;

    private final GuestMemory memory;
    private final SealedMemory seal;

    /** What was in use. */
    private final List<Run> used;

    private final long bound;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Guarded by {@link #lock}. */
    private boolean closed;

    /** Guarded by {@link #lock}. */
    private long waits;

    SealedPages(GuestMemory memory, SealedMemory seal, List<Run> used, long bound) {
        this.bound = bound;
        this.memory = memory;
        this.seal = seal;
        this.used = used;
    }

    /** Any thread, until it is closed. */
    public MemorySegment mapping() {
        return seal.mapping();
    }

    /** Bytes that were copied so far because somebody was going to write. */
    public long copied() {
        return seal.copied();
    }

    /** How often somebody was slowed. */
    public long waits() {
        lock.lock();
        try {
            return waits;
        } finally {
            lock.unlock();
        }
    }

    /** Before a page fault is served; no lock of the kernel is held. */
    void slowDown() {
        if (seal.copied() <= bound) return;
        lock.lock();
        try {
            if (closed) return;
            waits++;
            long left = WAIT_NANOS;
            while (left > 0 && !closed) left = ended.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // goes on at once
        } finally {
            lock.unlock();
        }
    }

    /** What was in use and was ever touched: to look at an untouched page would make it. */
    public List<stasis.state.pages.Run> runs() {
        List<stasis.state.pages.Run> runs = new ArrayList<>();
        for (Run r : used) {
            long end = GuestMemory.offset(r.first()) + ((long) r.count() << Pages.SHIFT);
            long at = Math.min(end, seal.nextData(GuestMemory.offset(r.first())));
            while (at < end) {
                long hole = Math.min(end, seal.nextHole(at));
                runs.add(new stasis.state.pages.Run(at, hole - at));
                at = Math.min(end, seal.nextData(hole));
            }
        }
        return runs;
    }

    /** Nobody reads it any more: pages are written in place again. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) return;
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        seal.unseal();
        memory.tellUnsealed(page -> seal.hasMoved(GuestMemory.offset(page)));
        seal.close();
    }
}
