package stasis.state.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class LazyPagesTest {
    private static final long SIZE = 4 << 20;
    private static final int PAGES = (int) (SIZE / 4096);

    private final Arena arena = Arena.ofShared();
    private final MemoryStore store = new MemoryStore();
    private final List<Exception> lost = new ArrayList<>();
    private final MemorySegment memory = arena.allocate(SIZE, 4096);
    private final MemorySegment saved = arena.allocate(SIZE, 4096);

    /** Noise, with every seventh page zero. */
    @BeforeEach
    void fill() {
        Random random = new Random(1);
        for (long at = 0; at < SIZE; at += 8) {
            if (at / 4096 % 7 != 3) saved.set(ValueLayout.JAVA_LONG, at, random.nextLong(1 << 20));
        }
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private PageIndex write(Compression compression) throws IOException {
        try (Section data = store.create("pages.data")) {
            List<Run> all = List.of(new Run(0, SIZE));
            return PageWriter.write(new SectionWriter(data), saved, all, compression);
        }
    }

    private LazyPages lazy(Section data, PageIndex index) {
        return new LazyPages(new PageReader(data, index), memory, lost::add);
    }

    /** Reads of another section, which a test may hold up, let fail, and count. */
    private static final class Source implements Section {
        private final Section section;
        private final CountDownLatch gate = new CountDownLatch(1);
        private final CountDownLatch waiting = new CountDownLatch(1);

        /** Reads before this place wait for the gate. */
        private long gateBefore;

        private int reads;
        private int failingRead = -1;

        Source(Section section) {
            this.section = section;
        }

        void awaitWaiting() throws InterruptedException {
            waiting.await();
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            if (position < gateBefore) awaitGate();
            if (next() == failingRead) throw new IOException("Input/output error");
            return section.read(position, into);
        }

        private void awaitGate() throws IOException {
            waiting.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        private synchronized int next() {
            return reads++;
        }

        @Override
        public void write(long position, ByteBuffer bytes) throws IOException {
            section.write(position, bytes);
        }

        @Override
        public long size() throws IOException {
            return section.size();
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }

    private Source source() throws IOException {
        return new Source(store.open("pages.data"));
    }

    private void assertSame(long from, long to) {
        assertEquals(-1, MemorySegment.mismatch(saved, from, to, memory, from, to));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whatIsAskedForIsThere(Compression compression) throws Exception {
        PageIndex index = write(compression);
        LazyPages pages = lazy(source(), index);
        Random random = new Random(2);
        for (int i = 0; i < 100; i++) {
            long from = random.nextInt(PAGES) * 4096L;
            long to = Math.min(SIZE, from + 4096L * random.nextInt(1, 40));
            pages.load(from, to - from);
            assertTrue(pages.isThere(from, to - from));
            assertSame(from, to);
        }
        pages.loadRest();
        assertSame(0, SIZE);
    }

    @Test
    void whatIsThereIsNotWrittenAgain() throws Exception {
        PageIndex index = write(Compression.LZ4);
        LazyPages pages = lazy(source(), index);
        pages.load(1 << 20, 4096);
        memory.set(ValueLayout.JAVA_INT, 1 << 20, 4711);
        pages.load(1 << 20, 4096);
        pages.loadInBackground();
        pages.loadRest();
        assertEquals(4711, memory.get(ValueLayout.JAVA_INT, 1 << 20));
    }

    @Test
    void forgottenPagesAreNotWritten() throws Exception {
        PageIndex index = write(Compression.LZ4);
        LazyPages pages = lazy(source(), index);
        pages.forget(8192, 4096);
        pages.forget(1 << 20, 300 << 10);
        memory.asSlice(8192, 4096).fill((byte) 1);
        memory.asSlice(1 << 20, 300 << 10).fill((byte) 2);
        pages.loadRest();
        assertSame(0, 8192);
        assertSame(12288, 1 << 20);
        assertSame((1 << 20) + (300 << 10), SIZE);
        assertEquals(1, memory.get(ValueLayout.JAVA_BYTE, 12287));
        assertEquals(2, memory.get(ValueLayout.JAVA_BYTE, (1 << 20) + (300 << 10) - 1));
    }

    @Test
    void manyThreadsLoadEachPageOnce() throws Exception {
        PageIndex index = write(Compression.RAW);
        Source source = source();
        LazyPages pages = lazy(source, index);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            all.add(threads.submit(pages::loadInBackground));
            all.add(threads.submit(pages::loadInBackground));
            for (int t = 0; t < 4; t++) {
                int seed = t;
                all.add(threads.submit(() -> useAtRandom(pages, seed)));
            }
            for (Future<?> f : all) f.get();
        }
        assertTrue(source.reads <= index.blocks().size());
        for (int page = 0; page < PAGES; page++) {
            long at = page * 4096L;
            if (page % 7 != 3) assertSame(at + 32, at + 4096);
        }
    }

    /** Each thread counts in a word of its own on every page that it has asked for. */
    private void useAtRandom(LazyPages pages, int thread) {
        Random random = new Random(thread);
        int[] counts = new int[PAGES];
        for (int i = 0; i < 5000; i++) {
            int page = random.nextInt(PAGES);
            long at = page * 4096L + thread * 8L;
            pages.load(page * 4096L, 4096);
            long before = saved.get(ValueLayout.JAVA_LONG, at) + counts[page]++;
            assertEquals(before, memory.get(ValueLayout.JAVA_LONG, at));
            memory.set(ValueLayout.JAVA_LONG, at, before + 1);
        }
    }

    /** On a source so slow that nothing else ever comes. */
    @Test
    void aNeededPageJumpsTheQueue() throws Exception {
        PageIndex index = write(Compression.RAW);
        Source source = source();
        source.gateBefore = index.blocks().getLast().place() / 2;
        LazyPages pages = lazy(source, index);
        Thread rest = Thread.ofPlatform().start(pages::loadInBackground);
        source.awaitWaiting();
        pages.load(SIZE - 65536, 65536);
        assertSame(SIZE - 65536, SIZE);
        assertFalse(pages.isThere(0, 65536));
        source.gate.countDown();
        rest.join();
        assertSame(0, SIZE);
    }

    @Test
    void stoppedLoadingEndsSoon() throws Exception {
        PageIndex index = write(Compression.RAW);
        Source source = source();
        source.gateBefore = Long.MAX_VALUE;
        LazyPages pages = lazy(source, index);
        Thread rest = Thread.ofPlatform().start(pages::loadInBackground);
        source.awaitWaiting();
        pages.stop();
        source.gate.countDown();
        rest.join();
        assertFalse(pages.isThere(0, SIZE));
        pages.loadRest();
        assertSame(0, SIZE);
    }

    @Test
    void aSourceThatFailsAtTheNthReadLosesNothingBeforeAndGivesNothingAfter() throws Exception {
        PageIndex index = write(Compression.LZ4);
        Source counting = source();
        lazy(counting, index).loadRest();
        memory.fill((byte) 0);
        for (int n = 0; n < counting.reads; n++) {
            lost.clear();
            memory.fill((byte) 0);
            Source source = source();
            source.failingRead = n;
            LazyPages pages = lazy(source, index);
            var e = assertThrows(LostPagesException.class, pages::loadRest);
            assertEquals("Input/output error", e.getMessage());
            assertEquals(1, lost.size());
            assertThrows(LostPagesException.class, pages::loadInBackground);
            assertThrows(LostPagesException.class, () -> pages.load(0, SIZE));
            assertEquals(1, lost.size());
            for (PageIndex.Block b : index.blocks()) {
                if (pages.isThere(b.offset(), b.length())) assertSame(b.offset(), b.end());
                else assertEquals(0, memory.get(ValueLayout.JAVA_LONG, b.offset()));
            }
        }
    }

    @Test
    void whoWaitsForABlockThatFailsFailsToo() throws Exception {
        PageIndex index = write(Compression.LZ4);
        Source source = source();
        source.gateBefore = Long.MAX_VALUE;
        source.failingRead = 0;
        LazyPages pages = lazy(source, index);
        CountDownLatch ended = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            Thread.ofPlatform()
                    .start(
                            () -> {
                                assertThrows(LostPagesException.class, () -> pages.load(0, 4096));
                                ended.countDown();
                            });
        }
        source.awaitWaiting();
        source.gate.countDown();
        ended.await();
        assertEquals(1, lost.size());
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aFlippedBitIsLostPagesWithItsPlace(Compression compression) throws Exception {
        PageIndex index = write(compression);
        PageIndex.Block block = index.blocks().get(index.blocks().size() / 2);
        store.file("pages.data")[(int) block.place() + block.stored() / 2] ^= 1;
        LazyPages pages = lazy(source(), index);
        assertThrows(LostPagesException.class, pages::loadRest);
        CorruptSnapshotException e = (CorruptSnapshotException) lost.getFirst();
        String start = "pages.data: wrong checksum at " + block.place() + " ";
        assertTrue(String.valueOf(e.getMessage()).startsWith(start), e.getMessage());
        assertFalse(pages.isThere(block.offset(), 4096));
    }

    @Test
    void anImageOfMoreMemoryThanThereIsIsRefused() throws Exception {
        PageIndex index = write(Compression.RAW);
        MemorySegment small = memory.asSlice(0, SIZE / 2);
        PageReader reader = new PageReader(source(), index);
        assertThrows(IllegalArgumentException.class, () -> new LazyPages(reader, small, lost::add));
    }
}
