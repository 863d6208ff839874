package stasis.state.pages;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/** Neighbouring blocks, read in one go and then unpacked one by one. One thread. */
final class BlockBatch implements Closeable {
    /** Small enough that who waits for a block in it does not wait long, on a slow source too. */
    static final int SIZE = 256 << 10;

    private final PageReader reader;
    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer stored;
    private final ByteBuffer plain;

    /** The place of the first byte in {@link #stored}. */
    private long place;

    BlockBatch(PageReader reader, int size) {
        this.reader = reader;
        stored = arena.allocate(size, Pages.SIZE).asByteBuffer();
        plain = arena.allocate(Pages.BLOCK, Pages.SIZE).asByteBuffer();
    }

    /** Whether {@code next} fits into a batch from {@code first} to {@code last}. */
    boolean takes(PageIndex.Block first, PageIndex.Block last, PageIndex.Block next) {
        long gap = next.place() - (last.place() + last.stored());
        return gap >= 0
                && gap < Pages.SIZE
                && next.place() + next.stored() - first.place() <= stored.capacity();
    }

    void read(List<PageIndex.Block> blocks) throws IOException {
        PageIndex.Block last = blocks.getLast();
        place = blocks.getFirst().place();
        stored.clear().limit((int) (last.place() + last.stored() - place));
        reader.readStored(place, stored);
    }

    /** One of the blocks that were read, checked; valid until the next one is asked for. */
    MemorySegment content(PageIndex.Block block) {
        ByteBuffer bytes = stored.slice((int) (block.place() - place), block.stored());
        return MemorySegment.ofBuffer(reader.unpack(block, bytes, plain));
    }

    @Override
    public void close() {
        arena.close();
    }
}
