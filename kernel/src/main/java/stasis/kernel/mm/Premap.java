package stasis.kernel.mm;

/**
 * Puts pages in place before anybody touches them, where there is time to do so: a fault costs ten
 * times what the mapping does.
 */
public final class Premap {
    private static final long WINDOW = 2L << 20;

    /** Each may take 512 mappings, of 65,530 that an address space of the host has. */
    private static final int WINDOWS = 64;

    private Premap() {}

    /** What is present, and not still in an image, up to a bound. The platform maps it at once. */
    public static void present(MemoryMap mm) {
        int left = WINDOWS;
        try (var _ = mm.lock.hold()) {
            for (Vma vma : mm.vmas.values()) {
                if (vma.prot == 0) continue;
                long at = vma.start;
                while (at < vma.end && left > 0) {
                    long end = Math.min(vma.end, (at & -WINDOW) + WINDOW);
                    if (hasPages(mm, at, end)) {
                        mm.mapPresentLocked(vma, at, end, 0, 0);
                        left--;
                    }
                    at = end;
                }
            }
        }
    }

    private static boolean hasPages(MemoryMap mm, long from, long to) {
        boolean[] found = {false};
        mm.table.visit(from, to, (_, _) -> found[0] = true);
        return found[0];
    }
}
