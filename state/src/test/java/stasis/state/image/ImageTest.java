package stasis.state.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import stasis.state.CorruptSnapshotException;
import stasis.state.pages.Compression;
import stasis.state.pages.Run;
import stasis.state.store.MemoryStore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class ImageTest {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(1 << 20, 4096);
    private final byte[] graph = new byte[3_000_000];
    private final MemoryStore store = new MemoryStore();

    ImageTest() {
        Arrays.fill(graph, 0, 1_500_000, (byte) 7);
        new Random(3).nextBytes(graph);
        Arrays.fill(graph, 0, 1_500_000, (byte) 7);
        for (long at = 65536; at < 200_000; at += 8) memory.set(ValueLayout.JAVA_LONG, at, at);
    }

    @AfterEach
    void free() {
        arena.close();
    }

    private static ManifestBuilder about() {
        return new ManifestBuilder()
                .stasisVersion("0.1.0")
                .created(Instant.parse("2026-01-01T00:00:00Z"))
                .platform("systrap")
                .cpu(0x2e7, List.of("avx2", "sse4_2"))
                .container("c1", List.of(new Manifest.ProcessInfo(1, "python3", 4)))
                .annotation("why", "a test");
    }

    private Manifest write(MemoryStore to) throws IOException {
        SavedPages pages = new SavedPages(memory, List.of(new Run(0, 1 << 20)), Compression.LZ4);
        return SnapshotWriter.writeSections(to, graph, pages, about());
    }

    private void assertRefused(String message) {
        var e = assertThrows(CorruptSnapshotException.class, () -> SnapshotImage.open(store));
        String line = String.valueOf(e.getMessage());
        assertTrue(line.startsWith(message), line);
        assertFalse(line.contains("\n"), line);
    }

    private void edit(String from, String to) {
        String text = new String(store.file("manifest.json"), StandardCharsets.UTF_8);
        assertTrue(text.contains(from), text);
        byte[] edited = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        store.files.put("manifest.json", edited);
    }

    @Test
    void anImageComesBack() throws IOException {
        Manifest written = write(store);
        try (SnapshotImage image = SnapshotImage.open(store)) {
            assertEquals(written, image.manifest());
            assertArrayEquals(graph, image.graph());
            MemorySegment back = arena.allocate(1 << 20, 4096);
            image.pages().loadAll(back);
            assertEquals(-1, memory.mismatch(back));
            image.verifyPages();
        }
    }

    @Test
    void anImageWithoutMemoryComesBack() throws IOException {
        SnapshotWriter.writeSections(store, graph, SavedPages.none(), about());
        try (SnapshotImage image = SnapshotImage.open(store)) {
            assertEquals(0, image.index().memorySize());
        }
    }

    @Test
    void writingTwiceGivesTheSameFiles() throws IOException {
        MemoryStore other = new MemoryStore();
        write(store);
        write(other);
        store.files.forEach((name, bytes) -> assertArrayEquals(bytes, other.file(name), name));
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        for (String name : List.of("kernel.graph", "pages.index", "pages.data")) {
            write(store);
            store.files.remove(name);
            assertRefused(name + " is missing");
        }
        store.files.clear();
        assertRefused("manifest.json is missing: not an image");
    }

    @Test
    void aTruncatedOrGrownFileIsNamed() throws IOException {
        for (String name : List.of("kernel.graph", "pages.index", "pages.data")) {
            write(store);
            byte[] whole = store.file(name);
            store.files.put(name, Arrays.copyOf(whole, whole.length - 1));
            assertRefused(name + ": truncated");
            store.files.put(name, Arrays.copyOf(whole, whole.length + 1));
            assertRefused(name + ": too long");
        }
    }

    @Test
    void aFlippedByteIsNamed() throws IOException {
        for (String name : List.of("kernel.graph", "pages.index")) {
            write(store);
            store.file(name)[40] ^= 1;
            assertRefused(name + ": wrong checksum");
        }
        write(store);
        store.file("pages.data")[5] ^= 1;
        try (SnapshotImage image = SnapshotImage.open(store)) {
            var e = assertThrows(CorruptSnapshotException.class, image::verifyPages);
            assertEquals("pages.data: wrong checksum", e.getMessage());
        }
    }

    @Test
    void swappedSectionsAreRefused() throws IOException {
        write(store);
        byte[] index = store.file("pages.index");
        store.files.put("pages.index", store.file("kernel.graph"));
        store.files.put("kernel.graph", index);
        assertRefused("kernel.graph: truncated");
    }

    @Test
    void anotherFormatVersionIsRefused() throws IOException {
        write(store);
        edit("\"formatVersion\" : 1", "\"formatVersion\" : 2");
        assertRefused("manifest.json: format version 2, this build reads 1");
    }

    @Test
    void anotherArchitectureIsRefused() throws IOException {
        SnapshotWriter.writeSections(store, graph, SavedPages.none(), about().arch("aarch64"));
        assertRefused("manifest.json: made on aarch64, this is x86_64");
    }

    @Test
    void anEditedManifestIsRefused() throws IOException {
        write(store);
        edit("python3", "python2");
        assertRefused("manifest.json: wrong checksum");
        write(store);
        edit("\"arch\"", "\"mark\"");
        assertRefused("manifest.json: ");
    }

    @Test
    void anyFlippedByteOfTheManifestIsRefusedOrHarmless() throws IOException {
        Manifest good = write(store);
        byte[] whole = store.file("manifest.json");
        for (int i = 0; i < whole.length; i++) {
            byte[] bad = whole.clone();
            bad[i] ^= (byte) (1 << (i % 8));
            store.files.put("manifest.json", bad);
            try (SnapshotImage image = SnapshotImage.open(store)) {
                assertEquals(good, image.manifest());
            } catch (CorruptSnapshotException e) {
                assertTrue(String.valueOf(e.getMessage()).lines().count() == 1);
            }
        }
    }

    @Test
    void damagedGraphFramesAreRefusedEvenWithTheRightChecksum() throws IOException {
        write(store);
        byte[] whole = store.file("kernel.graph");
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] bad = whole.clone();
            bad[random.nextInt(i % 2 == 0 ? 30 : bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertEquals(graph.length, GraphFrames.read(bad).length);
            } catch (CorruptSnapshotException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("kernel.graph: "));
            }
        }
    }

    @Test
    void aWriterThatFailsAnywhereLeavesNoImage() throws IOException {
        int operations = 0;
        while (true) {
            MemoryStore failing = new MemoryStore().failingAfter(operations);
            try {
                write(failing);
                break;
            } catch (IOException e) {
                failing.failingAfter(Integer.MAX_VALUE);
                if (operations > 0 && complete(failing)) break;
                assertThrows(CorruptSnapshotException.class, () -> SnapshotImage.open(failing));
                operations++;
            }
        }
        assertTrue(operations > 10, "tried " + operations);
    }

    /** The very last sync: everything is written, but nobody may rely on it. */
    private static boolean complete(MemoryStore store) {
        return store.files.containsKey("manifest.json") && store.file("manifest.json").length > 0;
    }
}
