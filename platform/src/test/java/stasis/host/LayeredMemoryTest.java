package stasis.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import stasis.arch.Pages;
import stasis.platform.SealedMemory;

import java.util.Random;

class LayeredMemoryTest {
    private static final int PAGES = 2048;

    private LayeredMemory memory;

    @BeforeEach
    void open() throws Exception {
        memory = new LayeredMemory("test", 8L << 20, 2L << 20);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private void write(int page, long value) {
        memory.makeWritable(offset(page), Pages.SIZE);
        memory.mapping().set(JAVA_LONG, offset(page) + 8 * (page % 512), value);
    }

    private long read(java.lang.foreign.MemorySegment from, int page) {
        return from.get(JAVA_LONG, offset(page) + 8 * (page % 512));
    }

    private static long offset(int page) {
        return (long) page << Pages.SHIFT;
    }

    /** Kilobytes that all files have allocated. */
    private long allocated() throws Exception {
        long sum = 0;
        for (HostFd f : java.util.Arrays.asList(memory.files()).subList(0, 2)) {
            try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
                var stat = arena.allocate(144, 8);
                HostException.check(Host.fstat(f.number(), stat.address()), "fstat");
                sum += stat.get(JAVA_LONG, 64) / 2; // st_blocks
            }
        }
        return sum;
    }

    @Test
    void theReaderOfASealSeesWhatWasThere() {
        write(3, 30);
        SealedMemory seal = memory.seal(offset(100));
        assertTrue(memory.isSealed(offset(3)));
        assertFalse(memory.isSealed(offset(100)));
        write(3, 31);
        assertEquals(30, read(seal.mapping(), 3));
        assertEquals(31, read(memory.mapping(), 3));
        assertFalse(memory.isSealed(offset(3)));
        assertTrue(memory.isSealed(offset(50)));
        seal.unseal();
        assertFalse(memory.isSealed(offset(50)));
        seal.close();
        assertEquals(31, read(memory.mapping(), 3));
    }

    @Test
    void thereIsOneSealAtATime() {
        SealedMemory seal = memory.seal(offset(100));
        assertThrows(IllegalStateException.class, () -> memory.seal(offset(100)));
        seal.unseal();
        assertThrows(IllegalStateException.class, () -> memory.seal(offset(100)));
        seal.close();
        assertFalse(memory.hasSeal());
        memory.seal(offset(100));
        assertTrue(memory.hasSeal());
    }

    @Test
    void whatIsPunchedReadsAsZeroAndIsStillThereForTheReader() {
        write(3, 30);
        SealedMemory seal = memory.seal(offset(100));
        memory.punch(0, offset(100));
        assertEquals(0, read(memory.mapping(), 3));
        assertEquals(0, seal.copied());
        write(3, 31);
        assertEquals(30, read(seal.mapping(), 3));
        seal.unseal();
        seal.close();
        assertEquals(31, read(memory.mapping(), 3));
    }

    @Test
    void whatIsBehindIsNeverSealed() {
        SealedMemory seal = memory.seal(memory.size());
        memory.all().set(JAVA_LONG, memory.size() + 8, 5);
        seal.unseal();
        seal.close();
        assertEquals(5, memory.all().get(JAVA_LONG, memory.size() + 8));
    }

    /** More pieces than a process may have mappings would be the end. */
    @Test
    void everyOtherPageMayBeWritten() throws Exception {
        try (LayeredMemory large = new LayeredMemory("test", 4L << 30, 0)) {
            SealedMemory seal = large.seal(large.size());
            for (long at = 0; at < large.size(); at += 8 * Pages.SIZE) {
                large.makeWritable(at, Pages.SIZE);
            }
            int[] pieces = {0};
            large.pieces(0, large.size(), (_, _, _, _, _) -> pieces[0]++);
            assertTrue(pieces[0] < 32768, () -> pieces[0] + " pieces");
            seal.unseal();
            seal.close();
        }
    }

    @Test
    void aBaseIsWhatMemoryBeginsAs() throws Exception {
        try (HostFd base = base(new long[] {10, 11, 12, 13, 14});
                LayeredMemory over = new LayeredMemory("test", 8L << 20, 0, base.number())) {
            over.layOver(offset(3), offset(2), offset(1));
            over.layOver(offset(7), offset(1), offset(4));
            assertTrue(over.isSealed(offset(4)));
            assertFalse(over.isSealed(offset(5)));
            assertEquals(11, over.mapping().get(JAVA_LONG, offset(3)));
            assertEquals(12, over.mapping().get(JAVA_LONG, offset(4)));
            assertEquals(14, over.mapping().get(JAVA_LONG, offset(7)));
            assertEquals(0, over.mapping().get(JAVA_LONG, offset(5)));
        }
    }

    /** Of pages that begin with these numbers. */
    private static HostFd base(long[] content) throws Exception {
        HostFd file = Host.memfd("base");
        try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
            var page = arena.allocate(Pages.SIZE);
            for (int i = 0; i < content.length; i++) {
                for (int at = 0; at < 512; at++) page.set(JAVA_LONG, 8 * at, content[i]);
                assertEquals(Pages.SIZE, Host.pwrite(file.number(), page, offset(i)));
            }
        }
        return file;
    }

    @RepeatedTest(10)
    void contentOverABaseIsThatOfAnArray(RepetitionInfo repetition) throws Exception {
        Random random = new Random(repetition.getCurrentRepetition());
        long[] content = random.longs(PAGES).toArray();
        memory.close();
        HostFd base = base(content);
        memory = new LayeredMemory("test", 8L << 20, 2L << 20, base.number());
        base.close();
        long[] now = new long[PAGES];
        for (int p = random.nextInt(20), from = 0; p < PAGES && from < PAGES; ) {
            int n = Math.min(1 + random.nextInt(90), PAGES - Math.max(p, from));
            memory.layOver(offset(p), offset(n), offset(from));
            System.arraycopy(content, from, now, p, n);
            p += n + random.nextInt(20);
            from += n + random.nextInt(5);
        }
        rounds(random, now);
    }

    /** Against an array for what is there now, and one for what was there at the seal. */
    @RepeatedTest(20)
    void contentIsThatOfAnArray(RepetitionInfo repetition) throws Exception {
        rounds(new Random(repetition.getCurrentRepetition()), new long[PAGES]);
    }

    private void rounds(Random random, long[] now) throws Exception {
        for (int round = 0; round < 12; round++) {
            change(random, now);
            int end = random.nextInt(PAGES + 1);
            SealedMemory seal = memory.seal(offset(end));
            long[] then = now.clone();
            change(random, now);
            for (int p = 0; p < end; p++) assertEquals(then[p], read(seal.mapping(), p));
            change(random, now);
            for (int p = 0; p < end; p++) assertEquals(then[p], read(seal.mapping(), p));
            for (int p = 0; p < PAGES; p++) assertEquals(now[p], read(memory.mapping(), p));
            seal.unseal();
            change(random, now);
            for (int p = 0; p < end; p++) {
                if (seal.hasMoved(offset(p))) assertEquals(then[p], read(seal.mapping(), p));
            }
            seal.close();
            for (int p = 0; p < PAGES; p++) assertEquals(now[p], read(memory.mapping(), p));
        }
        memory.punch(0, memory.size());
        assertEquals(0, allocated());
        assertEquals(memory.size(), memory.nextData(0));
    }

    private void change(Random random, long[] now) {
        for (int i = 0; i < 60; i++) {
            int page = random.nextInt(PAGES);
            if (random.nextInt(10) > 0) {
                now[page] = random.nextLong();
                write(page, now[page]);
                continue;
            }
            int end = Math.min(PAGES, page + 1 + random.nextInt(100));
            memory.punch(offset(page), offset(end - page));
            for (int p = page; p < end; p++) now[p] = 0;
        }
    }
}
