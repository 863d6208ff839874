package stasis.arch;

/** Page arithmetic. The only page size is 4096 bytes. */
public final class Pages {
    public static final int SHIFT = 12;
    public static final long SIZE = 1L << SHIFT;
    public static final long OFFSET_MASK = SIZE - 1;

    private Pages() {}

    public static long down(long addr) {
        return addr & -SIZE;
    }

    /** Rounds up; wraps to 0 for the last page of the address space. */
    public static long up(long addr) {
        return (addr + SIZE - 1) & -SIZE;
    }

    public static boolean aligned(long addr) {
        return (addr & OFFSET_MASK) == 0;
    }
}
