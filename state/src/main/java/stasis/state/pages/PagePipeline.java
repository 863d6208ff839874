package stasis.state.pages;

import org.jspecify.annotations.Nullable;

import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two threads that each take a step of memory, look for zeros, compress, sum up, and write. Only
 * places are given out in turn, so that equal memory gives equal bytes.
 *
 * <pre>
 *   step 1   find, compress, sum   ► place   write ······
 *   step 2   find, compress, sum ······ ► place   write ··
 *   step 3                  (whose turn it is) ► ...
 * </pre>
 */
final class PagePipeline {
    private static final int THREADS = 2;

    private final SectionWriter data;
    private final MemorySegment memory;
    private final Compression compression;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition turned = lock.newCondition();

    /** In the order of places. Guarded by {@link #lock}. */
    private final List<PageIndex.Block> blocks = new ArrayList<>();

    /** Steps taken. Guarded by {@link #lock}. */
    private long taken;

    /** Steps that have their place. Guarded by {@link #lock}. */
    private long placed;

    /** Workers that have ended. Guarded by {@link #lock}. */
    private int ended;

    /** The first one. Guarded by {@link #lock}. */
    private @Nullable Throwable failure;

    PagePipeline(SectionWriter data, MemorySegment memory, Compression compression) {
        this.data = data;
        this.memory = memory;
        this.compression = compression;
    }

    List<PageIndex.Block> run(Iterable<Run> runs) throws IOException {
        BlockFinder finder = new BlockFinder(memory, runs);
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().daemon().name("pages-writer-" + i).start(() -> work(finder));
        }
        awaitWorkers();
        throwFailure();
        return blocks;
    }

    /** Even if interrupted: the memory must not go away under a worker. */
    private void awaitWorkers() throws InterruptedIOException {
        lock.lock();
        try {
            while (ended < THREADS) turned.await();
        } catch (InterruptedException e) {
            fail(e);
            while (ended < THREADS) turned.awaitUninterruptibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while writing pages");
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended++;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void throwFailure() throws IOException {
        lock.lock();
        try {
            switch (failure) {
                case null -> {}
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable e) {
        lock.lock();
        try {
            if (failure == null) failure = e;
            turned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private record Turn(long number, List<Run> step) {}

    private void work(BlockFinder finder) {
        try (Arena arena = Arena.ofConfined()) {
            StepBuffer buffer = new StepBuffer(memory, compression, arena);
            for (Turn turn = next(finder); turn != null; turn = next(finder)) {
                StepBuffer.Step made = buffer.make(finder.blocks(turn.step));
                long place = place(turn.number, made);
                if (place < 0) return;
                if (made.bytes().hasRemaining()) data.fill(place, made.bytes());
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            end();
        }
    }

    private @Nullable Turn next(BlockFinder finder) {
        lock.lock();
        try {
            List<Run> step = failure == null ? finder.next() : List.of();
            return step.isEmpty() ? null : new Turn(taken++, step);
        } finally {
            lock.unlock();
        }
    }

    /** -1 if all is in vain. */
    private long place(long number, StepBuffer.Step made) {
        lock.lock();
        try {
            while (placed != number && failure == null) turned.awaitUninterruptibly();
            if (failure != null) return -1;
            long place = data.reserve(made.crc(), made.bytes().remaining());
            for (PageIndex.Block b : made.blocks()) {
                blocks.add(
                        new PageIndex.Block(
                                b.offset(), place + b.place(), b.length(), b.stored(), b.crc()));
            }
            placed++;
            turned.signalAll();
            return place;
        } finally {
            lock.unlock();
        }
    }
}
