package stasis.kernel.vdso;

import static stasis.abi.Errno.EFAULT;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.MappingTarget;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * The pages of the vDSO, vdso(7), the same in every process: parameters first, written by {@link
 * VdsoClock}, then an ELF image, {@link VdsoImage}. An image of a sandbox holds both, so the layout
 * of the parameters may only grow.
 */
@Saved("vdso.VdsoPages")
public final class VdsoPages implements Mappable {
    private static final int PAGES = 2;

    private GuestMemory memory;
    private int firstPage;

    @SuppressWarnings("NullAway.Init")
    private VdsoPages() {}

    public VdsoPages(GuestMemory memory) {
        this.memory = memory;
        this.firstPage = memory.allocate(PAGES);
        if (firstPage == 0) throw new IllegalStateException("no memory for the vDSO");
        byte[] elf = VdsoImage.bytes();
        MemorySegment.copy(
                elf, 0, memory.mapping(), JAVA_BYTE, parameters() + Pages.SIZE, elf.length);
    }

    public long bytes() {
        return PAGES << Pages.SHIFT;
    }

    /** Where in guest memory the parameters lie. */
    long parameters() {
        return GuestMemory.offset(firstPage);
    }

    MemorySegment memory() {
        memory.ensureLoaded(firstPage, PAGES);
        memory.makeWritable(firstPage, PAGES);
        return memory.mapping();
    }

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        if (fileOffset < 0 || fileOffset >= bytes()) throw EFAULT.exception();
        int page = firstPage + (int) (fileOffset >>> Pages.SHIFT);
        memory.acquire(page);
        return GuestMemory.offset(page);
    }

    @Override
    public boolean isWrittenInPlace() {
        return true;
    }

    @Override
    public void mapped(MappingTarget t, long addr, long offset, long length, boolean writable) {}

    @Override
    public void unmapped(MappingTarget t, long addr, long offset, long length, boolean writable) {}

    @Override
    public void sync(long fileOffset, long length) {}
}
