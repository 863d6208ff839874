package stasis.state.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class DirectoryStoreTest {
    @TempDir Path directory;
    private Path target;
    private Path fresh;
    private Path old;

    @BeforeEach
    void names() {
        target = directory.resolve("image");
        fresh = directory.resolve(".image.new");
        old = directory.resolve(".image.old");
    }

    private static void fill(ImageStore store, String content) throws IOException {
        for (String name : List.of("kernel.graph", "manifest.json")) {
            try (Section s = store.create(name)) {
                s.write(0, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    private void commit(String content, boolean replace) throws IOException {
        try (DirectoryStore store = DirectoryStore.begin(target, replace)) {
            fill(store, content);
            store.commit();
        }
    }

    /** An image as the process that wrote it would have left it there. */
    private static void place(Path where, String content) throws IOException {
        Files.createDirectory(where);
        Files.writeString(where.resolve("manifest.json"), content);
        Files.writeString(where.resolve("kernel.graph"), content);
    }

    private void assertOnlyImageIs(String content) throws IOException {
        assertEquals(content, read());
        try (var files = Files.list(directory)) {
            assertEquals(List.of(target), files.toList());
        }
    }

    private String read() throws IOException {
        try (DirectoryStore store = DirectoryStore.open(target);
                Section s = store.open("manifest.json")) {
            ByteBuffer bytes = ByteBuffer.allocate((int) s.size());
            Sections.readFully(s, 0, bytes);
            return new String(bytes.array(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void nothingIsThereBeforeCommit() throws IOException {
        try (DirectoryStore store = DirectoryStore.begin(target, false)) {
            fill(store, "one");
            assertFalse(Files.exists(target));
            store.commit();
        }
        assertOnlyImageIs("one");
    }

    @Test
    void withoutCommitNothingIsLeft() throws IOException {
        try (DirectoryStore store = DirectoryStore.begin(target, false)) {
            fill(store, "one");
        }
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void withoutAManifestThereIsNoCommit() throws IOException {
        try (DirectoryStore store = DirectoryStore.begin(target, false)) {
            store.create("kernel.graph").close();
            assertThrows(IOException.class, store::commit);
        }
        assertFalse(Files.exists(target));
    }

    @Test
    void anEarlierImageIsReplacedOnlyIfAsked() throws IOException {
        commit("one", false);
        assertThrows(FileAlreadyExistsException.class, () -> DirectoryStore.begin(target, false));
        commit("two", true);
        assertOnlyImageIs("two");
    }

    @Test
    void whatIsNoImageIsNeverReplaced() throws IOException {
        place(target, "mine");
        Files.writeString(target.resolve("thesis.txt"), "mine");
        assertThrows(IOException.class, () -> DirectoryStore.begin(target, true));
        assertTrue(Files.exists(target.resolve("thesis.txt")));
    }

    @Test
    void twoWritersAtOnceAreRefused() throws IOException {
        try (DirectoryStore first = DirectoryStore.begin(target, false)) {
            assertThrows(IOException.class, () -> DirectoryStore.begin(target, false));
            fill(first, "one");
            first.commit();
        }
        assertOnlyImageIs("one");
    }

    @Test
    void killedWhileWritingTheEarlierImageStays() throws IOException {
        place(target, "one");
        place(fresh, "two");
        assertEquals("one", read());
        DirectoryStore.begin(target, true).abort();
        assertOnlyImageIs("one");
    }

    @Test
    void killedBetweenTheRenamesTheEarlierImageComesBack() throws IOException {
        place(old, "one");
        place(fresh, "two");
        Files.createFile(directory.resolve(".image.lock"));
        assertOnlyImageIs("one");
    }

    @Test
    void killedBeforeDeletingTheNewImageStays() throws IOException {
        place(target, "two");
        place(old, "one");
        assertEquals("two", read());
        DirectoryStore.begin(target, true).abort();
        assertOnlyImageIs("two");
    }

    @Test
    void onlyTheFilesOfAnImageHaveAName() throws IOException {
        place(target, "one");
        DirectoryStore store = DirectoryStore.open(target);
        assertThrows(IllegalArgumentException.class, () -> store.open("../image/manifest.json"));
    }
}
