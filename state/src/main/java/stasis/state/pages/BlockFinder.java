package stasis.state.pages;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Cuts runs of memory into blocks of pages that are not zero, some megabytes at a time. */
final class BlockFinder {
    /** Memory looked at in one step. */
    static final long STEP = 4 << 20;

    private final MemorySegment memory;
    private final Iterator<Run> runs;
    private long at;
    private long end;

    BlockFinder(MemorySegment memory, Iterable<Run> runs) {
        this.memory = memory;
        this.runs = runs.iterator();
    }

    /**
     * What to look at next: {@link #STEP} bytes of it, or less. Empty at the end. Runs must ascend
     * and not overlap.
     */
    List<Run> next() {
        List<Run> step = new ArrayList<>();
        for (long left = STEP; left > 0; ) {
            if (at == end && !nextRun()) break;
            long stop = end - at <= left ? end : (at + left) & -Pages.BLOCK;
            if (stop <= at) break;
            step.add(new Run(at, stop - at));
            left -= stop - at;
            at = stop;
        }
        return step;
    }

    private boolean nextRun() {
        while (at == end) {
            if (!runs.hasNext()) return false;
            Run run = runs.next();
            if (run.offset() < end || run.end() > memory.byteSize()) {
                throw new IllegalArgumentException(
                        run + " after " + end + ", in memory of " + memory.byteSize());
            }
            at = run.offset();
            end = run.end();
        }
        return true;
    }

    /** Thread-safe. */
    List<Run> blocks(List<Run> step) {
        List<Run> blocks = new ArrayList<>();
        for (Run run : step) addBlocks(run, blocks);
        return blocks;
    }

    private void addBlocks(Run run, List<Run> blocks) {
        long start = -1;
        for (long page = run.offset(); page < run.end(); page += Pages.SIZE) {
            boolean zero = Pages.isZero(memory, page);
            if (start >= 0 && (zero || page % Pages.BLOCK == 0)) {
                blocks.add(new Run(start, page - start));
                start = -1;
            }
            if (!zero && start < 0) start = page;
        }
        if (start >= 0) blocks.add(new Run(start, run.end() - start));
    }
}
