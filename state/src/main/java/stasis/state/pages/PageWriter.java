package stasis.state.pages;

import stasis.state.store.SectionWriter;
import stasis.state.store.Sections;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes guest memory. Pages of zeros are not stored. Equal memory gives equal bytes.
 *
 * <p>Precondition: the memory does not change meanwhile and may be read by any thread (a shared or
 * global arena).
 */
public final class PageWriter {
    private PageWriter() {}

    /**
     * @param data empty
     * @param runs what is allocated, ascending; the rest of the memory is taken for zero
     */
    public static PageIndex write(
            SectionWriter data, MemorySegment memory, Iterable<Run> runs, Compression compression)
            throws IOException {
        List<PageIndex.Block> blocks = new ArrayList<>();
        switch (compression) {
            case RAW -> writeRaw(data, memory, runs, blocks);
            case LZ4 -> new Lz4Pipeline(data, memory, blocks).run(runs);
        }
        return new PageIndex(memory.byteSize(), data.position(), blocks);
    }

    private static void writeRaw(
            SectionWriter data,
            MemorySegment memory,
            Iterable<Run> runs,
            List<PageIndex.Block> blocks)
            throws IOException {
        BlockFinder finder = new BlockFinder(memory, runs);
        for (Run step = finder.next(); step != null; step = finder.next()) {
            long place = data.position();
            List<Run> found = finder.blocks(step);
            for (Run b : found) {
                int length = (int) b.length();
                int crc = Sections.crc(bytes(memory, b.offset(), b.length()));
                blocks.add(new PageIndex.Block(b.offset(), place, length, length, crc));
                place += length;
            }
            writeJoined(data, memory, found);
        }
    }

    /** Straight from the mapping, neighbours in one write. */
    private static void writeJoined(SectionWriter data, MemorySegment memory, List<Run> blocks)
            throws IOException {
        for (int i = 0; i < blocks.size(); ) {
            long start = blocks.get(i).offset();
            long end = start;
            while (i < blocks.size() && blocks.get(i).offset() == end) end = blocks.get(i++).end();
            data.write(bytes(memory, start, end - start));
        }
    }

    static ByteBuffer bytes(MemorySegment memory, long offset, long length) {
        return memory.asSlice(offset, length).asByteBuffer();
    }
}
