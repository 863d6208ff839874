package stasis.state.pages;

import stasis.state.CorruptSnapshotException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the pages of guest memory are in {@code pages.data}. What no block covers is zero.
 *
 * <pre>
 *   0   "STGP"           4    magic
 *   4   version          4    1
 *   8   memory size      8    bytes
 *   16  data size        8    bytes
 *   24  blocks           4    count
 *   28  each block, by memory offset:
 *         memory offset  8    of whole pages
 *         place          8    in pages.data: where the one before ends, or less than a page of
 *                             zeros later
 *         length         4    whole pages, up to 64 KiB, not across a multiple of 64 KiB
 *         stored length  4    equal to length: raw; less: LZ4
 *         CRC32C         4    of the stored bytes
 * </pre>
 */
public final class PageIndex {
    private static final int MAGIC = 0x50475453;
    private static final int VERSION = 1;
    private static final int HEAD = 28;
    private static final int ENTRY = 28;

    /** One block. */
    public record Block(long offset, long place, int length, int stored, int crc) {
        public boolean isRaw() {
            return stored == length;
        }

        public long end() {
            return offset + length;
        }
    }

    /** Memory that {@code pages.data} holds as it is, page-aligned, so that it can be mapped. */
    public record Mapping(long offset, long place, long length) {}

    private final long memorySize;
    private final long dataSize;
    private final List<Block> blocks;

    PageIndex(long memorySize, List<Block> blocks, long dataSize) {
        this.memorySize = memorySize;
        this.dataSize = dataSize;
        this.blocks = blocks;
    }

    /** Of the whole memory, holes included. */
    public long memorySize() {
        return memorySize;
    }

    /** Of {@code pages.data}. */
    public long dataSize() {
        return dataSize;
    }

    /** By memory offset. */
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    /** Bytes of memory that are stored. */
    public long storedMemory() {
        return blocks.stream().mapToLong(Block::length).sum();
    }

    /** The stretches of memory that are stored; neighbours joined. */
    public List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (Block b : blocks) {
            Run last = runs.isEmpty() ? null : runs.getLast();
            if (last != null && last.end() == b.offset()) {
                runs.set(runs.size() - 1, new Run(last.offset(), last.length() + b.length()));
            } else {
                runs.add(new Run(b.offset(), b.length()));
            }
        }
        return runs;
    }

    /** What can be mapped instead of loaded; neighbours joined. Mapped pages are not checked. */
    public List<Mapping> mappings() {
        List<Mapping> all = new ArrayList<>();
        for (Block b : blocks) {
            if (!b.isRaw() || b.place() % Pages.SIZE != 0) continue;
            Mapping last = all.isEmpty() ? null : all.getLast();
            boolean joins =
                    last != null
                            && last.offset() + last.length() == b.offset()
                            && last.place() + last.length() == b.place();
            if (last != null && joins) {
                long length = last.length() + b.length();
                all.set(all.size() - 1, new Mapping(last.offset(), last.place(), length));
            } else {
                all.add(new Mapping(b.offset(), b.place(), b.length()));
            }
        }
        return all;
    }

    /** The place in {@link #blocks} of the first one that ends after {@code offset}. */
    int firstEndingAfter(long offset) {
        int low = 0;
        int high = blocks.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (blocks.get(middle).end() <= offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public byte[] encode() {
        long size = HEAD + (long) ENTRY * blocks.size();
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).putInt(VERSION);
        out.putLong(memorySize).putLong(dataSize).putInt(blocks.size());
        for (Block b : blocks) {
            out.putLong(b.offset()).putLong(b.place());
            out.putInt(b.length()).putInt(b.stored()).putInt(b.crc());
        }
        return out.array();
    }

    /**
     * @throws CorruptSnapshotException if the bytes are no index, or one that cannot be true
     */
    public static PageIndex decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEAD || in.getInt() != MAGIC) throw corrupt("not a page index");
        int version = in.getInt();
        if (version != VERSION) throw corrupt("version " + version);
        long memorySize = in.getLong();
        long dataSize = in.getLong();
        int count = in.getInt();
        if (memorySize < 0 || dataSize < 0) throw corrupt("a negative size");
        if (count < 0 || in.remaining() != (long) count * ENTRY) {
            throw corrupt(count + " blocks in " + in.remaining() + " bytes");
        }
        List<Block> blocks = new ArrayList<>(count);
        long end = 0;
        long placeEnd = 0;
        for (int i = 0; i < count; i++) {
            Block b = new Block(in.getLong(), in.getLong(), in.getInt(), in.getInt(), in.getInt());
            boolean sound = isSound(b, end, memorySize, dataSize) && isFiller(placeEnd, b.place());
            if (!sound) throw corrupt("block " + i + " is " + b);
            end = b.end();
            placeEnd = b.place() + b.stored();
            blocks.add(b);
        }
        if (!isFiller(placeEnd, dataSize)) {
            throw corrupt("blocks to " + placeEnd + " of " + dataSize + " bytes");
        }
        return new PageIndex(memorySize, blocks, dataSize);
    }

    private static boolean isSound(Block b, long end, long memorySize, long dataSize) {
        return b.offset() >= end
                && b.length() > 0
                && b.length() <= Pages.BLOCK
                && ((b.offset() | b.length()) & (Pages.SIZE - 1)) == 0
                && b.offset() / Pages.BLOCK == (b.offset() + b.length() - 1) / Pages.BLOCK
                && b.offset() <= memorySize - b.length()
                && b.stored() > 0
                && b.stored() <= b.length()
                && b.place() >= 0
                && b.place() <= dataSize - b.stored();
    }

    /** Nothing lies between what is checked but zeros, and these are checked too. */
    private static boolean isFiller(long from, long to) {
        return from <= to && to - from < Pages.SIZE;
    }

    /** Where the zeros end that follow a block. */
    long fillerEnd(int block) {
        return block + 1 < blocks.size() ? blocks.get(block + 1).place() : dataSize;
    }

    private static CorruptSnapshotException corrupt(String what) {
        return new CorruptSnapshotException("pages.index: " + what);
    }
}
