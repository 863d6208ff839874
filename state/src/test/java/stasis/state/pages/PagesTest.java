package stasis.state.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import stasis.state.CorruptSnapshotException;
import stasis.state.store.MemoryStore;
import stasis.state.store.Section;
import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

class PagesTest {
    private static final long SIZE = 12 << 20;
    private final Arena arena = Arena.ofShared();
    private final MemoryStore store = new MemoryStore();

    @AfterEach
    void free() {
        arena.close();
    }

    /** Zeros, text, noise, and a lone page, over several steps. */
    private MemorySegment memory() {
        MemorySegment m = arena.allocate(SIZE, 4096);
        Random random = new Random(1);
        for (long at = 1 << 20; at < (6 << 20) + 4096; at += 8) {
            m.set(ValueLayout.JAVA_LONG, at, at);
        }
        for (long at = 8 << 20; at < (9 << 20); at += 8) {
            m.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        m.set(ValueLayout.JAVA_BYTE, SIZE - 1, (byte) 1);
        return m;
    }

    private PageIndex write(MemorySegment memory, List<Run> runs, Compression compression)
            throws IOException {
        try (Section data = store.create("pages.data")) {
            return PageWriter.write(new SectionWriter(data), memory, runs, compression);
        }
    }

    private PageReader reader(PageIndex index) throws IOException {
        return new PageReader(store.open("pages.data"), PageIndex.decode(index.encode()));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void memoryComesBack(Compression compression) throws IOException {
        MemorySegment memory = memory();
        PageIndex index = write(memory, List.of(new Run(0, SIZE)), compression);
        MemorySegment back = arena.allocate(SIZE, 4096);
        reader(index).loadAll(back);
        assertEquals(-1, memory.mismatch(back));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void writingTwiceGivesTheSameBytes(Compression compression) throws IOException {
        MemorySegment memory = memory();
        byte[] first = write(memory, List.of(new Run(0, SIZE)), compression).encode();
        byte[] data = store.file("pages.data");
        byte[] second = write(memory, List.of(new Run(0, SIZE)), compression).encode();
        assertArrayEquals(first, second);
        assertArrayEquals(data, store.file("pages.data"));
    }

    @Test
    void zeroPagesAreNotStored() throws IOException {
        PageIndex index = write(memory(), List.of(new Run(0, SIZE)), Compression.RAW);
        assertEquals(
                List.of(
                        new Run(1 << 20, (5 << 20) + 4096),
                        new Run(8 << 20, 1 << 20),
                        new Run(SIZE - 4096, 4096)),
                index.runs());
        assertEquals(index.storedMemory(), store.file("pages.data").length);
    }

    @Test
    void memoryOfZerosIsAnEmptyFile() throws IOException {
        MemorySegment zeros = arena.allocate(SIZE, 4096);
        PageIndex index = write(zeros, List.of(new Run(0, SIZE)), Compression.LZ4);
        assertEquals(0, index.dataSize());
        assertTrue(index.blocks().isEmpty());
    }

    @Test
    void textShrinksAndNoiseIsStoredAsItIs() throws IOException {
        PageIndex index = write(memory(), List.of(new Run(0, SIZE)), Compression.LZ4);
        for (PageIndex.Block b : index.blocks()) {
            boolean noise = b.offset() >= (8 << 20) && b.offset() < (9 << 20);
            assertEquals(noise, b.isRaw(), b.toString());
        }
    }

    @Test
    void onlyAllocatedRunsAreStored() throws IOException {
        Run one = new Run(2 << 20, 8192);
        Run two = new Run((2 << 20) + 12288, 4096);
        PageIndex index = write(memory(), List.of(one, two), Compression.RAW);
        assertEquals(List.of(one, two), index.runs());
    }

    @Test
    void rawPagesCanBeMapped() throws IOException {
        MemorySegment memory = memory();
        PageIndex index = write(memory, List.of(new Run(0, SIZE)), Compression.RAW);
        MemorySegment data = MemorySegment.ofArray(store.file("pages.data"));
        assertEquals(3, index.mappings().size());
        for (PageIndex.Mapping m : index.mappings()) {
            assertEquals(0, m.place() % 4096);
            MemorySegment there = data.asSlice(m.place(), m.length());
            assertEquals(-1, there.mismatch(memory.asSlice(m.offset(), m.length())));
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aStretchIsLoadedAndNothingBesideIt(Compression compression) throws IOException {
        MemorySegment memory = memory();
        PageIndex index = write(memory, List.of(new Run(0, SIZE)), compression);
        MemorySegment back = arena.allocate(SIZE, 4096);
        long from = (2 << 20) + 4096;
        reader(index).load(from, 3 * 65536, back);
        assertEquals(-1, memory.asSlice(from, 3 * 65536).mismatch(back.asSlice(from, 3 * 65536)));
        assertEquals(0, back.get(ValueLayout.JAVA_LONG, from - 8));
        assertEquals(0, back.get(ValueLayout.JAVA_LONG, from + 3 * 65536));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aFlippedByteOfThePagesIsFoundWhenLoaded(Compression compression) throws IOException {
        PageIndex index = write(memory(), List.of(new Run(0, SIZE)), compression);
        byte[] data = store.file("pages.data");
        data[data.length / 2] ^= 4;
        MemorySegment back = arena.allocate(SIZE, 4096);
        PageReader reader = reader(index);
        var e = assertThrows(CorruptSnapshotException.class, () -> reader.loadAll(back));
        assertTrue(String.valueOf(e.getMessage()).startsWith("pages.data: wrong checksum at "));
    }

    @Test
    void aFlippedBitAnywhereIsFound() throws IOException {
        PageIndex index = write(memory(), List.of(new Run(0, SIZE)), Compression.LZ4);
        byte[] data = store.file("pages.data");
        PageReader reader = reader(index);
        MemorySegment back = arena.allocate(SIZE, 4096);
        PageIndex.Block last = index.blocks().getLast();
        int stored = (int) last.place() + last.stored();
        assertTrue(stored < data.length, "there is no filler to test");
        for (int at : new int[] {0, data.length / 3, stored - 1, stored, data.length - 1}) {
            data[at] ^= 16;
            assertThrows(CorruptSnapshotException.class, () -> reader.loadAll(back), "at " + at);
            data[at] ^= 16;
        }
        reader.loadAll(back);
    }

    @Test
    void aDamagedIndexIsRefusedOrHarmless() throws IOException {
        byte[] good = write(memory(), List.of(new Run(0, SIZE)), Compression.LZ4).encode();
        Random random = new Random(2);
        for (int i = 0; i < 3000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(i % 2 == 0 ? 28 : bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertTrue(PageIndex.decode(bad).memorySize() >= 0);
            } catch (CorruptSnapshotException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("pages.index: "));
            }
        }
    }

    @Test
    void runsOutOfOrderAreRefused() {
        MemorySegment memory = memory();
        List<Run> runs = List.of(new Run(8192, 4096), new Run(0, 4096));
        assertThrows(IllegalArgumentException.class, () -> write(memory, runs, Compression.RAW));
        assertThrows(IllegalArgumentException.class, () -> new Run(1, 4096));
    }
}
