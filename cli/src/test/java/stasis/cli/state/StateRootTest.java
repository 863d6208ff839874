package stasis.cli.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import stasis.cli.Failure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

class StateRootTest {
    @TempDir Path folder;

    private StateRoot root() {
        return new StateRoot(folder.resolve("state"));
    }

    /** As if its sandbox had died. */
    private ContainerDirectory dead(String id) throws Exception {
        try (ContainerDirectory.Made made = root().create(id)) {
            return made.folder();
        }
    }

    private static void note(ContainerDirectory container, String status) throws IOException {
        try (FileChannel to = container.openStatus()) {
            to.write(ByteBuffer.wrap(status.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void idsThatCouldLeaveTheFolderAreRefused() {
        for (String id : new String[] {"", ".", "..", "a/b", "a b", "ä", "x".repeat(1025)}) {
            assertThrows(Failure.class, () -> root().create(id), id);
        }
    }

    @Test
    void aContainerWhoseSandboxIsGoneIsStopped() throws Exception {
        ContainerDirectory made = dead("a");
        note(made, "running\n");
        assertEquals("stopped", root().find("a").status());
    }

    @Test
    void anIdIsInUseUntilItsContainerIsDeleted() throws Exception {
        ContainerDirectory made = dead("a");
        note(made, "running");
        Failure e = assertThrows(Failure.class, () -> root().create("a"));
        assertEquals("container id \"a\" is in use", e.getMessage());
        made.delete();
        try (ContainerDirectory.Made again = root().create("a")) {
            assertTrue(Files.isDirectory(again.folder().path()));
        }
    }

    @Test
    void whatNeverCameToBeIsCleanedUp() throws Exception {
        ContainerDirectory made = dead("a");
        note(made, "creating");
        assertTrue(root().list().isEmpty());
        assertFalse(Files.exists(made.path()));
        assertThrows(Failure.class, () -> root().find("a"));
    }

    @Test
    void whatIsForgottenOnTheWayInOrOutIsRemoved() throws Exception {
        Path old = Files.createDirectories(folder.resolve("state/~1-2"));
        Path fresh = Files.createDirectories(folder.resolve("state/~1-3"));
        Files.writeString(old.resolve("lock"), "");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(600)));
        assertTrue(root().list().isEmpty());
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(fresh));
    }

    /** Locks are between processes: a second one does nothing but list. */
    @Test
    void nobodyWhoLooksTakesANewContainerForADeadOne() throws Exception {
        Process looker = Looker.start(folder.resolve("state"));
        try {
            assertEquals("looking", looker.inputReader().readLine());
            for (int i = 0; i < 500; i++) {
                try (ContainerDirectory.Made made = root().create("c" + i)) {
                    note(made.folder(), "creating");
                    made.folder().writeState(new LinkedHashMap<>());
                    note(made.folder(), "running");
                    made.folder().delete();
                }
            }
        } finally {
            looker.getOutputStream().close();
        }
        assertEquals(0, looker.waitFor(), () -> looker.errorReader().lines().toList().toString());
    }

    @Test
    void aFinishedRunLeavesNothing() throws Exception {
        ContainerDirectory made = dead("a");
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("transient", true);
        made.writeState(state);
        note(made, "stopped");
        assertTrue(root().list().isEmpty());
        assertFalse(Files.exists(made.path()));
    }
}
