package stasis.kernel.fs.dev;

import static stasis.abi.Errno.ENOMEM;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.MappingTarget;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.TreeMap;

/** One mapping of /dev/zero, with its copies in children: zeroes that belong to nobody else. */
@Saved("dev.ZeroPages")
final class ZeroPages implements Mappable {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE_PAGES);

    private GuestMemory memory;

    /** Guest page by page number in the device. Guarded by {@link #lock}. */
    private TreeMap<Long, Integer> pages = new TreeMap<>();

    /** Guarded by {@link #lock}. */
    private long mappedBytes;

    @SuppressWarnings("NullAway.Init")
    private ZeroPages() {}

    ZeroPages(GuestMemory memory) {
        this.memory = memory;
    }

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        try (var _ = lock.hold()) {
            Integer page = pages.get(fileOffset >> Pages.SHIFT);
            if (page == null) {
                page = memory.allocate(1);
                if (page == 0) throw ENOMEM.exception();
                pages.put(fileOffset >> Pages.SHIFT, page);
            }
            memory.acquire(page);
            return GuestMemory.offset(page);
        }
    }

    @Override
    public void mapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared) {
        try (var _ = lock.hold()) {
            mappedBytes += length;
        }
    }

    @Override
    public void unmapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared) {
        try (var _ = lock.hold()) {
            mappedBytes -= length;
            if (mappedBytes > 0) return;
            for (int page : pages.values()) memory.release(page, 1);
            pages.clear();
        }
    }

    @Override
    public void sync(long fileOffset, long length) {}
}
