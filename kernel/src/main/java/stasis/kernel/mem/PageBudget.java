package stasis.kernel.mem;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

/** How many pages the files of one file system may have, {@code size=} of tmpfs(5). */
@Saved("mem.PageBudget")
public final class PageBudget {
    /** As a limit: as many as there is memory. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.GUEST_MEMORY);

    private long limit;

    /** Guarded by {@link #lock}. */
    private long used;

    private PageBudget() {}

    public PageBudget(long limit) {
        this.limit = limit;
    }

    /** False if that is too much; nothing is taken then. */
    boolean take(long pages) {
        try (var _ = lock.hold()) {
            if (pages > limit - used) return false;
            used += pages;
            return true;
        }
    }

    void giveBack(long pages) {
        try (var _ = lock.hold()) {
            used -= pages;
        }
    }

    public long limit() {
        return limit;
    }

    public long used() {
        try (var _ = lock.hold()) {
            return used;
        }
    }
}
