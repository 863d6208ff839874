package stasis.state.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import stasis.state.CorruptSnapshotException;
import stasis.state.pages.Compression;
import stasis.state.pages.Run;
import stasis.state.store.DirectoryStore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ReplaceTest {
    private static final int PAGE = 4096;

    @TempDir Path directory;

    private void write(Path target, int operations, byte value) throws IOException {
        try (Arena arena = Arena.ofShared();
                DirectoryStore store = DirectoryStore.begin(target, true)) {
            MemorySegment memory = arena.allocate(64 * PAGE, PAGE);
            memory.asSlice(2 * PAGE, 9 * PAGE).fill(value);
            SavedPages pages =
                    new SavedPages(memory, List.of(new Run(0, 64 * PAGE)), Compression.LZ4);
            SnapshotWriter.writeSections(
                    new FailingStore(store, operations),
                    new byte[] {value, value},
                    pages,
                    new ManifestBuilder());
            store.commit();
        }
    }

    private static void assertImageIs(byte value, Path target) throws IOException {
        try (DirectoryStore store = DirectoryStore.open(target);
                SnapshotImage image = SnapshotImage.open(store);
                Arena arena = Arena.ofConfined()) {
            assertArrayEquals(new byte[] {value, value}, image.graph());
            MemorySegment memory = arena.allocate(64 * PAGE, PAGE);
            image.pages().loadAll(memory);
            assertEquals(value, memory.get(ValueLayout.JAVA_BYTE, 3 * PAGE));
        }
    }

    @Test
    void aWriterThatFailsAnywhereLeavesTheEarlierImage() throws IOException {
        Path target = directory.resolve("image");
        write(target, Integer.MAX_VALUE, (byte) 1);
        int failures = 0;
        while (true) {
            try {
                write(target, failures, (byte) 2);
                break;
            } catch (IOException e) {
                failures++;
                assertImageIs((byte) 1, target);
            }
        }
        assertTrue(failures > 10, "failed at " + failures);
        assertImageIs((byte) 2, target);
        try (var files = Files.list(directory)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void whatAKilledWriterLeftIsNoImage() throws IOException {
        Path target = directory.resolve("image");
        DirectoryStore store = DirectoryStore.begin(target, false);
        FailingStore full = new FailingStore(store, 6);
        assertThrows(
                IOException.class,
                () ->
                        SnapshotWriter.writeSections(
                                full, new byte[9], SavedPages.none(), new ManifestBuilder()));
        DirectoryStore left = DirectoryStore.open(directory.resolve(".image.new"));
        assertThrows(CorruptSnapshotException.class, () -> SnapshotImage.open(left));
        store.abort();
    }
}
