package stasis.kernel.fs.gofer;

import stasis.abi.ErrnoException;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.MappingTarget;
import stasis.state.Saved;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The mapped pages of a host file. Unlike Linux's page cache they are ours: what a shared mapping
 * writes reaches the host by msync(2) and when the mapping goes; what others write on the host
 * after a page was mapped is not seen in it.
 */
@Saved("gofer.GoferPages")
final class GoferPages implements Mappable {
    private static final int PIECE = 256 << 10;

    private GoferInode inode;
    private FilePages pages;

    /** A shared mapping could have written since the last write-back. */
    private volatile boolean maybeDirty;

    @SuppressWarnings("NullAway.Init")
    private GoferPages() {}

    GoferPages(GoferInode inode, FilePages pages) {
        this.inode = inode;
        this.pages = pages;
    }

    long read(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        return pages.read(to, at, length, offset);
    }

    /** write(2) has changed the host's file. */
    void written(MemorySegment from, long at, long length, long offset) throws ErrnoException {
        for (long done = 0; done < length; ) {
            done += pages.write(from, at + done, length - done, offset + done);
        }
    }

    void resize(long size) throws ErrnoException {
        pages.resize(size);
    }

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        if (forWrite) maybeDirty = true;
        return pages.page(fileOffset, forWrite);
    }

    @Override
    public void pagesAtHand(long fileOffset, int[] found) {
        pages.pagesAtHand(fileOffset, found);
    }

    @Override
    public void mapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writable) {
        pages.mapped(target, addr, fileOffset, length, writable);
    }

    @Override
    public void unmapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writable) {
        pages.unmapped(target, addr, fileOffset, length, writable);
    }

    @Override
    public void sync(long fileOffset, long length) throws ErrnoException {
        if (!maybeDirty) return;
        long end = Math.min(fileOffset + length, pages.size());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            for (long at = fileOffset; at < end; ) {
                long n = pages.read(buffer, 0, Math.min(PIECE, end - at), at);
                if (n <= 0) break;
                inode.writeBack(buffer, 0, n, at);
                at += n;
            }
        }
    }
}
