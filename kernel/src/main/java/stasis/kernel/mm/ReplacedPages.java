package stasis.kernel.mm;

import java.util.Arrays;

/**
 * Pages that copies have taken the place of, and that other threads of the process still see: they
 * are given back when the platform has mapped the copies. Sooner, another process could write to
 * them, or be given them. Guarded by the lock of the memory map.
 */
final class ReplacedPages {
    private final MemoryMap mm;
    private int[] pages = new int[8];
    private int size;

    ReplacedPages(MemoryMap mm) {
        this.mm = mm;
    }

    void add(int page) {
        if (!mm.isSharedLocked()) {
            mm.memory.release(page, 1); // its only thread comes by the platform first
            return;
        }
        if (size == pages.length) pages = Arrays.copyOf(pages, size * 2);
        pages[size++] = page;
    }

    /** Precondition: the platform was told to map all copies. */
    void release() {
        if (size == 0) return;
        mm.space.commit();
        for (int i = 0; i < size; i++) mm.memory.release(pages[i], 1);
        size = 0;
    }
}
