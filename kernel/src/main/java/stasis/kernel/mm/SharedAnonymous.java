package stasis.kernel.mm;

import static stasis.abi.Errno.EFAULT;
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

/**
 * MAP_SHARED | MAP_ANONYMOUS: pages that a process shares with its children. They live as long as
 * they are mapped somewhere.
 */
@Saved("mm.SharedAnonymous")
final class SharedAnonymous implements Mappable {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE_PAGES);

    private GuestMemory memory;
    private long bytes;

    /** Guest page by page number in the mapping, one reference each. Guarded by {@link #lock}. */
    private TreeMap<Long, Integer> pages = new TreeMap<>();

    /** Bytes that are mapped, over all memory maps. Guarded by {@link #lock}. */
    private long mappedBytes;

    @SuppressWarnings("NullAway.Init")
    private SharedAnonymous() {}

    SharedAnonymous(GuestMemory memory, long bytes) {
        this.memory = memory;
        this.bytes = bytes;
    }

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        if (fileOffset < 0 || fileOffset >= bytes) throw EFAULT.exception();
        try (var _ = lock.hold()) {
            Integer page = pages.get(fileOffset >>> Pages.SHIFT);
            if (page == null) {
                page = memory.allocate(1);
                if (page == 0) throw ENOMEM.exception();
                pages.put(fileOffset >>> Pages.SHIFT, page);
            }
            memory.acquire(page);
            return GuestMemory.offset(page);
        }
    }

    @Override
    public void mapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writable) {
        try (var _ = lock.hold()) {
            mappedBytes += length;
        }
    }

    @Override
    public void unmapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writable) {
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
