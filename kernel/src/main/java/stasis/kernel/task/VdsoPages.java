package stasis.kernel.task;

import static stasis.abi.Errno.EFAULT;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.MappingTarget;
import stasis.state.Saved;

/**
 * The pages of the vDSO: parameters first (written by the sentry when a clock is set going), then
 * code. The same in every process.
 */
@Saved("task.VdsoPages")
public final class VdsoPages implements Mappable {
    private GuestMemory memory;
    private int firstPage;
    private int pages;

    /** False if programs must make real calls for the time on this host. */
    private boolean usable;

    @SuppressWarnings("NullAway.Init")
    private VdsoPages() {}

    public VdsoPages(GuestMemory memory, int pages) {
        this.memory = memory;
        this.pages = pages;
        this.firstPage = memory.allocate(pages);
        if (firstPage == 0) throw new IllegalStateException("no memory for the vDSO");
    }

    public long bytes() {
        return (long) pages << Pages.SHIFT;
    }

    /** Where the first page lies in guest memory. */
    public long memoryOffset() {
        return GuestMemory.offset(firstPage);
    }

    public boolean usable() {
        return usable;
    }

    public void setUsable(boolean usable) {
        this.usable = usable;
    }

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        if (fileOffset < 0 || fileOffset >= bytes()) throw EFAULT.exception();
        int page = firstPage + (int) (fileOffset >>> Pages.SHIFT);
        memory.acquire(page);
        return GuestMemory.offset(page);
    }

    @Override
    public void mapped(MappingTarget t, long addr, long offset, long length, boolean writable) {}

    @Override
    public void unmapped(MappingTarget t, long addr, long offset, long length, boolean writable) {}

    @Override
    public void sync(long fileOffset, long length) {}
}
