package stasis.state.pages;

import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Writes guest memory. Pages of zeros are not stored. Equal memory gives equal bytes.
 *
 * <p>Precondition: the memory does not change meanwhile and may be read by any thread (a shared or
 * global arena).
 */
public final class PageWriter {
    private PageWriter() {}

    /**
     * @param data empty; written in whole pages at multiples of their size
     * @param runs what is allocated, ascending; the rest of the memory is taken for zero
     */
    public static PageIndex write(
            SectionWriter data, MemorySegment memory, Iterable<Run> runs, Compression compression)
            throws IOException {
        return new PageIndex(
                memory.byteSize(),
                new PagePipeline(data, memory, compression).run(runs),
                data.position());
    }

    static ByteBuffer bytes(MemorySegment memory, long offset, long length) {
        return memory.asSlice(offset, length).asByteBuffer();
    }
}
