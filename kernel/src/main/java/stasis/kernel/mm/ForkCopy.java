package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_WRITE;

import stasis.platform.PlatformException;

/** fork(2)'s part in memory: the same pages in both, private ones copied when written. */
public final class ForkCopy {
    private ForkCopy() {}

    /**
     * The child's memory. The calling thread's context has last run in {@code mm}: the platform
     * forks its mappings with it.
     */
    public static MemoryMap fork(MemoryMap mm) throws PlatformException {
        try (var _ = mm.lock.hold()) {
            for (Vma v : mm.vmas.values()) if (!v.shared) writeProtectLocked(mm, v);
            MemoryMap child = new MemoryMap(mm.platform, mm.memory, mm.space.fork());
            try (var _ = child.lock.holdSecond()) {
                for (Vma v : mm.vmas.values()) copyVmaLocked(mm, child, v);
                child.totalBytes = 0;
                for (Vma v : child.vmas.values()) child.totalBytes += v.end - v.start;
            }
            child.brkStart = mm.brkStart;
            child.brkEnd = mm.brkEnd;
            child.mmapTop = mm.mmapTop;
            child.setArguments(mm.argStart(), mm.argEnd(), mm.envStart(), mm.envEnd(), mm.auxv());
            var executable = mm.executable();
            if (executable != null) child.setExecutable(executable.acquire());
            return child;
        }
    }

    private static void writeProtectLocked(MemoryMap mm, Vma v) {
        v.copies = 0;
        boolean[] changed = {false};
        mm.table.visit(
                v.start,
                v.end,
                (addr, pte) -> {
                    if ((pte & PageTable.COW) != 0) return;
                    mm.table.set(addr, pte | PageTable.COW);
                    changed[0] |= (pte & PageTable.WRITABLE) != 0;
                });
        if (changed[0] && (v.prot & PROT_WRITE) != 0) mm.protectMappedLocked(v, v.start, v.end);
    }

    private static void copyVmaLocked(MemoryMap mm, MemoryMap child, Vma v) {
        if (v.dontFork) {
            child.space.unmap(v.start, v.end - v.start);
            return;
        }
        Vma copy = v.slice(v.start, v.end);
        child.vmas.put(copy.start, copy);
        if (copy.mappable != null) {
            copy.mappable.mapped(
                    child, copy.start, copy.offset, copy.end - copy.start, copy.writableShared());
        }
        if (v.wipeOnFork) {
            child.space.unmap(v.start, v.end - v.start);
            return;
        }
        PageRun run = new PageRun(mm);
        mm.table.visit(
                v.start,
                v.end,
                (addr, pte) -> {
                    child.table.set(addr, pte);
                    run.add(PageTable.page(pte));
                });
        run.flush();
    }

    /** Takes references run by run. */
    private static final class PageRun {
        private final MemoryMap mm;
        private int first;
        private int count;

        PageRun(MemoryMap mm) {
            this.mm = mm;
        }

        void add(int page) {
            if (count > 0 && page == first + count) {
                count++;
                return;
            }
            flush();
            first = page;
            count = 1;
        }

        void flush() {
            if (count > 0) mm.memory.acquire(first, count);
            count = 0;
        }
    }
}
