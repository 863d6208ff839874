package stasis.state.pages;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Brings the memory of an image in while it is in use: a block when somebody needs a page of it,
 * the rest by whoever calls {@link #loadRest}. Each block is written once, by one thread, before
 * anybody may use it; what is already there, or given up by {@link #forget}, is never written.
 *
 * <pre>
 *   MISSING ──claimed──► LOADING ──checked and copied──► THERE
 *      ▲                    │
 *      └──source failed─────┘   and every later need of a missing page fails as well
 * </pre>
 *
 * Thread-safe. The lock is not held while bytes are read, so a block that is needed does not wait
 * for those being loaded in passing, unless it is one of them.
 */
public final class LazyPages {
    private static final int MISSING = 0;
    private static final int LOADING = 1;
    private static final int THERE = 2;

    private final PageReader reader;
    private final MemorySegment memory;
    private final List<PageIndex.Block> blocks;
    private final Consumer<Exception> lost;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** By block. Changed with {@link #lock} held. */
    private final AtomicIntegerArray states;

    /** Pages that nobody wants any more, of blocks that are missing. Guarded by {@link #lock}. */
    private final BitSet forgotten = new BitSet();

    /** All blocks before it are there. Guarded by {@link #lock}. */
    private int firstMissing;

    /** Guarded by {@link #lock}. */
    private @Nullable Exception failure;

    private volatile boolean stopped;

    /**
     * @param memory zero
     * @param lost told once, the first time that the source fails
     */
    public LazyPages(PageReader reader, MemorySegment memory, Consumer<Exception> lost) {
        this.reader = reader;
        this.memory = memory;
        this.lost = lost;
        this.blocks = reader.index().blocks();
        this.states = new AtomicIntegerArray(blocks.size());
        if (!blocks.isEmpty() && blocks.getLast().end() > memory.byteSize()) {
            throw new IllegalArgumentException("more memory than there is");
        }
    }

    /** Whether {@link #load} would return at once. */
    public boolean isThere(long offset, long length) {
        for (int i = reader.index().firstEndingAfter(offset); overlaps(i, offset + length); i++) {
            if (states.get(i) != THERE) return false;
        }
        return true;
    }

    private boolean overlaps(int block, long end) {
        return block < blocks.size() && blocks.get(block).offset() < end;
    }

    /**
     * Returns when all of the stretch is there.
     *
     * @throws LostPagesException if it cannot be had
     */
    public void load(long offset, long length) {
        for (int i = reader.index().firstEndingAfter(offset); overlaps(i, offset + length); i++) {
            if (states.get(i) != THERE) loadOne(i);
        }
    }

    private void loadOne(int block) {
        if (!claimOrAwait(block)) return;
        try (BlockBatch batch = new BlockBatch(reader, Pages.BLOCK)) {
            fill(batch, block, block + 1);
        }
    }

    /** True if the caller loads it; false if it is there. */
    private boolean claimOrAwait(int block) {
        lock.lock();
        try {
            while (states.get(block) == LOADING) changed.awaitUninterruptibly();
            if (states.get(block) == THERE) return false;
            throwFailure();
            states.set(block, LOADING);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the lock is held. */
    private void throwFailure() {
        Exception e = failure;
        if (e != null) throw new LostPagesException(e);
    }

    /**
     * Loads what is missing, in passing. Returns when all is there, or after {@link #stop}. Several
     * threads may.
     */
    public void loadInBackground() {
        loadRest(true);
    }

    /** Returns when all is there. */
    public void loadRest() {
        loadRest(false);
    }

    private void loadRest(boolean stoppable) {
        try (BlockBatch batch = new BlockBatch(reader, BlockBatch.SIZE)) {
            while (!stoppable || !stopped) {
                int first = claimNext();
                if (first < 0) break;
                fill(batch, first, claimMore(batch, first));
            }
        }
        if (!stoppable || !stopped) awaitOthers();
    }

    /** {@link #loadInBackground} returns soon. */
    public void stop() {
        stopped = true;
    }

    /** -1 if nothing is missing. */
    private int claimNext() {
        lock.lock();
        try {
            throwFailure();
            while (firstMissing < blocks.size() && states.get(firstMissing) != MISSING) {
                firstMissing++;
            }
            if (firstMissing == blocks.size()) return -1;
            states.set(firstMissing, LOADING);
            return firstMissing;
        } finally {
            lock.unlock();
        }
    }

    /** The end of what is claimed: neighbours that are read together with the first. */
    private int claimMore(BlockBatch batch, int first) {
        lock.lock();
        try {
            int end = first + 1;
            while (end < blocks.size() && states.get(end) == MISSING && batch.takes(first, end)) {
                states.set(end++, LOADING);
            }
            return end;
        } finally {
            lock.unlock();
        }
    }

    private void awaitOthers() {
        for (int i = 0; i < blocks.size(); i++) {
            if (states.get(i) != THERE && claimOrAwait(i)) {
                throw new IllegalStateException("block " + i + " was missed");
            }
        }
    }

    /**
     * Precondition: this thread has claimed the blocks from {@code first} to before {@code end}.
     */
    private void fill(BlockBatch batch, int first, int end) {
        int done = first;
        try {
            batch.read(first, end);
            for (; done < end; done++) {
                copy(blocks.get(done), batch.content(done));
                become(done, THERE);
            }
        } catch (Throwable e) {
            fail(e instanceof Exception x ? x : new IllegalStateException(e), done, end);
            throw new LostPagesException(e);
        }
    }

    private void become(int block, int state) {
        lock.lock();
        try {
            states.set(block, state);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Exception e, int first, int end) {
        boolean tell;
        lock.lock();
        try {
            for (int i = first; i < end; i++) states.set(i, MISSING);
            tell = failure == null;
            if (tell) failure = e;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (tell) lost.accept(e);
    }

    /** Whoever is to forget a page of a block being loaded waits: its bits do not change here. */
    private void copy(PageIndex.Block block, MemorySegment content) {
        for (long at = block.offset(); at < block.end(); ) {
            long end = at;
            while (end < block.end() && !isForgotten(end)) end += Pages.SIZE;
            if (end > at) MemorySegment.copy(content, at - block.offset(), memory, at, end - at);
            at = end + Pages.SIZE;
        }
    }

    private boolean isForgotten(long offset) {
        lock.lock();
        try {
            return forgotten.get((int) (offset / Pages.SIZE));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nobody wants these pages as they were saved; the caller may do with them what it likes when
     * this returns.
     */
    public void forget(long offset, long length) {
        lock.lock();
        try {
            int i = reader.index().firstEndingAfter(offset);
            for (; overlaps(i, offset + length); i++) {
                while (states.get(i) == LOADING) changed.awaitUninterruptibly();
                if (states.get(i) == MISSING) forgetLocked(i, offset, offset + length);
            }
        } finally {
            lock.unlock();
        }
    }

    private void forgetLocked(int block, long from, long to) {
        PageIndex.Block b = blocks.get(block);
        int first = (int) (b.offset() / Pages.SIZE);
        int end = (int) (b.end() / Pages.SIZE);
        forgotten.set(
                Math.max(first, (int) (from / Pages.SIZE)),
                Math.min(end, (int) Math.min(Integer.MAX_VALUE, to / Pages.SIZE)));
        if (forgotten.nextClearBit(first) >= end) states.set(block, THERE);
    }
}
