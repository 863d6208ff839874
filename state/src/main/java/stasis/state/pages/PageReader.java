package stasis.state.pages;

import stasis.state.CorruptSnapshotException;
import stasis.state.store.Section;
import stasis.state.store.Sections;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Loads guest memory: all of it, or a stretch when it is first needed. Every block is checked
 * before its bytes are used. Thread-safe.
 *
 * <p>Exactly the pages asked for are written, so a background thread can load what the guest has
 * not touched while the guest runs on what it has. Pages that are not stored are left alone: the
 * memory starts out as zeros.
 */
public final class PageReader {
    private final Section data;
    private final PageIndex index;
    private final Lz4 lz4 = new Lz4();

    public PageReader(Section data, PageIndex index) {
        this.data = data;
        this.index = index;
    }

    public PageIndex index() {
        return index;
    }

    /** Precondition: {@code memory} is zero and at least {@link PageIndex#memorySize} long. */
    public void loadAll(MemorySegment memory) throws IOException {
        load(0, index.memorySize(), memory);
    }

    /** {@code offset} and {@code length} are of whole pages. */
    public void load(long offset, long length, MemorySegment memory) throws IOException {
        Run run = new Run(offset, length);
        if (run.end() > index.memorySize() || run.end() > memory.byteSize()) {
            throw new IllegalArgumentException(run + " is outside of the memory");
        }
        try (BlockBatch batch = new BlockBatch(this, Pages.BLOCK)) {
            var blocks = index.blocks();
            for (int i = index.firstEndingAfter(offset); i < blocks.size(); i++) {
                PageIndex.Block block = blocks.get(i);
                if (block.offset() >= run.end()) break;
                batch.read(i, i + 1);
                long from = Math.max(block.offset(), offset);
                long to = Math.min(block.end(), run.end());
                MemorySegment content = batch.content(i);
                MemorySegment.copy(content, from - block.offset(), memory, from, to - from);
            }
        }
    }

    /** Fills {@code into} with what is stored at {@code place}, unchecked. */
    void readStored(long place, ByteBuffer into) throws IOException {
        try {
            Sections.readFully(data, place, into);
        } catch (EOFException e) {
            throw new CorruptSnapshotException("pages.data: " + e.getMessage(), e);
        }
        into.flip();
    }

    /**
     * The content of a block, checked; a view of {@code stored}, or in {@code plain}.
     *
     * @param stored exactly what is stored of it
     */
    ByteBuffer unpack(PageIndex.Block block, ByteBuffer stored, ByteBuffer plain) {
        if (Sections.crc(stored) != block.crc()) throw damaged(block, "wrong checksum");
        if (block.isRaw()) return stored;
        plain.clear().limit(block.length());
        decompress(block, stored, plain);
        return plain.flip();
    }

    void checkFiller(PageIndex.Block block, ByteBuffer filler) {
        while (filler.hasRemaining()) {
            if (filler.get() != 0) throw damaged(block, "something behind the block");
        }
    }

    private void decompress(PageIndex.Block block, ByteBuffer stored, ByteBuffer plain) {
        try {
            lz4.decompress(stored, plain);
        } catch (CorruptSnapshotException e) {
            throw damaged(block, String.valueOf(e.getMessage()));
        }
    }

    private static CorruptSnapshotException damaged(PageIndex.Block block, String what) {
        return new CorruptSnapshotException(
                "pages.data: "
                        + what
                        + " at "
                        + block.place()
                        + " (memory "
                        + block.offset()
                        + ", "
                        + block.length()
                        + " bytes)");
    }
}
