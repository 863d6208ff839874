package stasis.state.pages;

import org.jspecify.annotations.Nullable;

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

    /** The next stretch to look at, or null at the end. Runs must ascend and not overlap. */
    @Nullable Run next() {
        while (at == end) {
            if (!runs.hasNext()) return null;
            Run run = runs.next();
            if (run.offset() < end || run.end() > memory.byteSize()) {
                throw new IllegalArgumentException(
                        run + " after " + end + ", in memory of " + memory.byteSize());
            }
            at = run.offset();
            end = run.end();
        }
        long stop = Math.min(end, (at / STEP + 1) * STEP);
        Run step = new Run(at, stop - at);
        at = stop;
        return step;
    }

    /** Thread-safe. */
    List<Run> blocks(Run step) {
        List<Run> blocks = new ArrayList<>();
        long start = -1;
        for (long page = step.offset(); page < step.end(); page += Pages.SIZE) {
            boolean zero = Pages.isZero(memory, page);
            if (start >= 0 && (zero || page % Pages.BLOCK == 0)) {
                blocks.add(new Run(start, page - start));
                start = -1;
            }
            if (!zero && start < 0) start = page;
        }
        if (start >= 0) blocks.add(new Run(start, step.end() - start));
        return blocks;
    }
}
