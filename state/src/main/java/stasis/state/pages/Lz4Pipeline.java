package stasis.state.pages;

import org.jspecify.annotations.Nullable;

import stasis.state.store.SectionWriter;
import stasis.state.store.Sections;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two threads compress, the caller writes in order; at most {@link #AHEAD} steps are in memory. */
final class Lz4Pipeline {
    private static final int THREADS = 2;
    private static final int AHEAD = 4;

    /** Blocks of one step, their places counted from the start of {@code bytes}. */
    private record Compressed(List<PageIndex.Block> blocks, ByteBuffer bytes) {}

    private final Lz4 lz4 = new Lz4();
    private final SectionWriter data;
    private final MemorySegment memory;
    private final List<PageIndex.Block> blocks;
    private final Deque<Future<Compressed>> pending = new ArrayDeque<>();

    Lz4Pipeline(SectionWriter data, MemorySegment memory, List<PageIndex.Block> blocks) {
        this.data = data;
        this.memory = memory;
        this.blocks = blocks;
    }

    void run(Iterable<Run> runs) throws IOException {
        BlockFinder finder = new BlockFinder(memory, runs);
        ExecutorService workers =
                Executors.newFixedThreadPool(
                        THREADS, Thread.ofPlatform().daemon().name("pages-lz4-", 0).factory());
        try {
            for (Run step = finder.next(); step != null; step = finder.next()) {
                Run now = step;
                pending.addLast(workers.submit(() -> compress(finder.blocks(now))));
                if (pending.size() == AHEAD) writeNext();
            }
            while (!pending.isEmpty()) writeNext();
        } finally {
            for (Future<Compressed> f : pending) f.cancel(false);
            workers.close();
        }
    }

    private @Nullable Compressed compress(List<Run> found) {
        if (found.isEmpty()) return null;
        int bound = 0;
        for (Run b : found) bound += Lz4.bound((int) b.length());
        ByteBuffer to = ByteBuffer.allocate(bound);
        List<PageIndex.Block> done = new ArrayList<>(found.size());
        for (Run b : found) done.add(compress(b, to));
        return new Compressed(done, to.flip());
    }

    private PageIndex.Block compress(Run run, ByteBuffer to) {
        int place = to.position();
        int length = (int) run.length();
        ByteBuffer from = PageWriter.bytes(memory, run.offset(), length);
        int stored = lz4.compress(from.duplicate(), to);
        if (stored >= length) {
            stored = length;
            to.position(place).put(from);
        }
        int crc = Sections.crc(to.slice(place, stored));
        return new PageIndex.Block(run.offset(), place, length, stored, crc);
    }

    private void writeNext() throws IOException {
        Compressed next = await(pending.removeFirst());
        if (next == null) return;
        long start = data.position();
        for (PageIndex.Block b : next.blocks()) {
            blocks.add(
                    new PageIndex.Block(
                            b.offset(), start + b.place(), b.length(), b.stored(), b.crc()));
        }
        data.write(next.bytes());
    }

    private static @Nullable Compressed await(Future<Compressed> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while compressing pages");
        } catch (ExecutionException e) {
            throw new IllegalStateException("compressing pages failed", e.getCause());
        }
    }
}
