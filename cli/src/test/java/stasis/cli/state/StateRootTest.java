package stasis.cli.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import java.util.LinkedHashMap;
import java.util.Map;

class StateRootTest {
    @TempDir Path folder;

    private StateRoot root() {
        return new StateRoot(folder.resolve("state"));
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
        ContainerDirectory made = root().create("a");
        note(made, "running\n");
        assertEquals("stopped", root().find("a").status());
    }

    @Test
    void anIdIsInUseUntilItsContainerIsDeleted() throws Exception {
        ContainerDirectory made = root().create("a");
        note(made, "running");
        Failure e = assertThrows(Failure.class, () -> root().create("a"));
        assertEquals("container id \"a\" is in use", e.getMessage());
        made.delete();
        assertNotNull(root().create("a"));
    }

    @Test
    void whatNeverCameToBeIsCleanedUp() throws Exception {
        ContainerDirectory made = root().create("a");
        note(made, "creating");
        assertTrue(root().list().isEmpty());
        assertFalse(Files.exists(made.path()));
        assertThrows(Failure.class, () -> root().find("a"));
    }

    @Test
    void whatIsJustBeingMadeIsLeftAlone() throws Exception {
        ContainerDirectory made = root().create("a");
        assertEquals("creating", root().list().getFirst().status());
        assertTrue(Files.exists(made.path()));
    }

    @Test
    void aFinishedRunLeavesNothing() throws Exception {
        ContainerDirectory made = root().create("a");
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("transient", true);
        made.writeState(state);
        note(made, "stopped");
        assertTrue(root().list().isEmpty());
        assertFalse(Files.exists(made.path()));
    }
}
