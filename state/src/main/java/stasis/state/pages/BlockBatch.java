package stasis.state.pages;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

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
        stored = arena.allocate(size + Pages.SIZE, Pages.SIZE).asByteBuffer();
        plain = arena.allocate(Pages.BLOCK, Pages.SIZE).asByteBuffer();
    }

    /** Whether blocks {@code first} to {@code last} are not too much for a batch. */
    boolean takes(int first, int last) {
        PageIndex index = reader.index();
        return index.fillerEnd(last) - index.blocks().get(first).place() <= stored.capacity();
    }

    /** Reads blocks {@code first} to before {@code end}, with the zeros behind each. */
    void read(int first, int end) throws IOException {
        PageIndex index = reader.index();
        place = index.blocks().get(first).place();
        stored.clear().limit((int) (index.fillerEnd(end - 1) - place));
        reader.readStored(place, stored);
    }

    /** One of the blocks that were read, checked; valid until the next one is asked for. */
    MemorySegment content(int block) {
        PageIndex.Block b = reader.index().blocks().get(block);
        int at = (int) (b.place() - place);
        int filler = at + b.stored();
        int end = (int) (reader.index().fillerEnd(block) - place);
        reader.checkFiller(b, stored.slice(filler, end - filler));
        return MemorySegment.ofBuffer(reader.unpack(b, stored.slice(at, b.stored()), plain));
    }

    @Override
    public void close() {
        arena.close();
    }
}
