package stasis.kernel.mem;

import stasis.abi.ErrnoException;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * The pages of a file as what lies below another. Layers only point down: that orders their locks.
 */
@Saved("mem.LowerPages")
record LowerPages(FilePages pages) implements FileSource {
    @Override
    public long read(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        return pages.readBelow(to, at, length, offset);
    }
}
