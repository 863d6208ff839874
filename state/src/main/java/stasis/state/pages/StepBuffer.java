package stasis.state.pages;

import stasis.state.store.Crc32cSum;
import stasis.state.store.Sections;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes of one step of memory what is written of it: its blocks, and their bytes in one piece,
 * filled up to whole pages. One thread; page-aligned, so that a section may be written directly.
 */
final class StepBuffer {
    private static final int BLOCKS = (int) (BlockFinder.STEP / Pages.BLOCK);

    /**
     * @param blocks their places counted from the start of {@code bytes}
     */
    record Step(List<PageIndex.Block> blocks, ByteBuffer bytes, int crc) {}

    private final MemorySegment memory;
    private final Compression compression;
    private final Lz4 lz4 = new Lz4();
    private final ByteBuffer space;

    /** The buffer lives as long as {@code arena}. */
    StepBuffer(MemorySegment memory, Compression compression, Arena arena) {
        this.memory = memory;
        this.compression = compression;
        // Pages may lie apart, so that there are up to 16 small blocks where one could be.
        long size = BlockFinder.STEP + 16 * BLOCKS * (long) Lz4.bound(0) + BlockFinder.STEP / 255;
        space = arena.allocate(Pages.up(size), Pages.SIZE).asByteBuffer();
    }

    /** Valid until the next one is made. */
    Step make(List<Run> found) {
        return switch (compression) {
            case RAW -> raw(found);
            case LZ4 -> compressed(found);
        };
    }

    /** Memory in one piece is not copied. */
    private Step raw(List<Run> found) {
        List<PageIndex.Block> blocks = new ArrayList<>(found.size());
        Crc32cSum sum = new Crc32cSum();
        int place = 0;
        for (Run b : found) {
            int length = (int) b.length();
            int crc = Sections.crc(PageWriter.bytes(memory, b.offset(), length));
            blocks.add(new PageIndex.Block(b.offset(), place, length, length, crc));
            sum.append(crc, length);
            place += length;
        }
        return new Step(blocks, inOnePiece(found, place), sum.value());
    }

    private ByteBuffer inOnePiece(List<Run> found, int length) {
        if (found.isEmpty()) return space.clear().limit(0);
        long start = found.getFirst().offset();
        if (found.getLast().end() - start == length) {
            return PageWriter.bytes(memory, start, length);
        }
        space.clear();
        for (Run b : found) space.put(PageWriter.bytes(memory, b.offset(), b.length()));
        return space.flip();
    }

    private Step compressed(List<Run> found) {
        List<PageIndex.Block> blocks = new ArrayList<>(found.size());
        Crc32cSum sum = new Crc32cSum();
        space.clear();
        for (Run b : found) {
            PageIndex.Block block = compress(b);
            sum.append(block.crc(), block.stored());
            blocks.add(block);
        }
        int end = space.position();
        while (space.position() % Pages.SIZE != 0) space.put((byte) 0);
        int filler = space.position() - end;
        sum.append(Sections.crc(space.slice(end, filler)), filler);
        return new Step(blocks, space.flip(), sum.value());
    }

    private PageIndex.Block compress(Run run) {
        int place = space.position();
        int length = (int) run.length();
        ByteBuffer from = PageWriter.bytes(memory, run.offset(), length);
        int stored = lz4.compress(from.duplicate(), space);
        if (stored >= length) {
            stored = length;
            space.position(place).put(from);
        }
        int crc = Sections.crc(space.slice(place, stored));
        return new PageIndex.Block(run.offset(), place, length, stored, crc);
    }
}
