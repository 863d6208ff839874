package stasis.state.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.state.CorruptSnapshotException;
import stasis.state.Saved;
import stasis.state.SavedTypes;
import stasis.state.UnsavableException;
import stasis.state.graph.GraphSamples.Armed;
import stasis.state.graph.GraphSamples.FileImpl;
import stasis.state.graph.GraphSamples.Kernel;
import stasis.state.graph.GraphSamples.Node;
import stasis.state.graph.GraphSamples.Span;
import stasis.state.graph.GraphSamples.Task;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

class GraphDamageTest {
    private final SavedTypes types = GraphSamples.types();
    private final GraphReader reader = new GraphReader(types);

    /** Small, so that damage hits structure and not only numbers. */
    private byte[] saved() {
        Kernel kernel = GraphSamples.kernel();
        kernel.longs = new long[] {1, 2, 3};
        return new GraphWriter(types).write(kernel);
    }

    private void readOrRefuse(byte[] bytes) {
        try {
            assertNotNull(reader.read(bytes, Kernel.class, Map.of()));
        } catch (CorruptSnapshotException e) {
            assertEquals(1, String.valueOf(e.getMessage()).lines().count(), e.getMessage());
        }
    }

    @Test
    void aFlippedByteIsRefusedOrHarmless() {
        byte[] good = saved();
        for (int i = 0; i < good.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) (1 << bit);
                readOrRefuse(bad);
            }
        }
    }

    @Test
    void manyDamagedBytesAreRefusedOrHarmless() {
        byte[] good = saved();
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(6); n >= 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            readOrRefuse(bad);
        }
    }

    @Test
    void aTruncatedGraphIsRefused() {
        byte[] good = saved();
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            assertThrows(
                    CorruptSnapshotException.class, () -> reader.read(bad, Kernel.class, Map.of()));
        }
    }

    @Test
    void bytesTooManyAreRefused() {
        byte[] good = saved();
        assertCorrupt("graph: 1 bytes too many", Arrays.copyOf(good, good.length + 1));
    }

    @Test
    void anotherRootIsRefused() {
        byte[] bytes = new GraphWriter(types).write(new Node());
        assertCorrupt("graph: ", bytes);
    }

    @Test
    void anUnknownTypeIsRefusedByName() {
        byte[] bytes = saved();
        SavedTypes fewer =
                new SavedTypes().add(MethodHandles.lookup(), Kernel.class, Node.class, Span.class);
        var e =
                assertThrows(
                        CorruptSnapshotException.class,
                        () -> new GraphReader(fewer).read(bytes, Kernel.class, Map.of()));
        assertTrue(String.valueOf(e.getMessage()).startsWith("graph: "), e.getMessage());
    }

    @Test
    void whatAConstructorRefusesComesOutWithItsPath() {
        Kernel kernel = new Kernel();
        Task task = new Task(1, null);
        Task child = new Task(2, task);
        task.children.add(child);
        kernel.tasks.add(task);
        child.arming = new Armed(0x1234567, null, new Span(1, 2));
        byte[] bytes = new GraphWriter(types).write(kernel);
        int at = indexOf(bytes, new byte[] {(byte) 0xce, (byte) 0x95, (byte) 0x9a, 0x12});
        bytes[at] |= 1; // zigzag: odd is negative
        assertCorrupt(
                "Kernel.tasks[0].children[0].arming: IllegalArgumentException: negative time",
                bytes);
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) return i;
        }
        throw new AssertionError("not there");
    }

    private void assertCorrupt(String message, byte[] bytes) {
        var e =
                assertThrows(
                        CorruptSnapshotException.class,
                        () -> reader.read(bytes, Kernel.class, Map.of()));
        assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
    }

    private static final class HostSocket implements FileImpl {}

    @Test
    void anUnsavableObjectIsNamedByItsPath() {
        Kernel kernel = GraphSamples.kernel();
        kernel.byTask.clear();
        kernel.tasks.get(1).files.put(9, new HostSocket());
        var e = assertThrows(UnsavableException.class, () -> new GraphWriter(types).write(kernel));
        assertEquals("Kernel.tasks[1].files[9]", e.path());
        assertTrue(String.valueOf(e.getMessage()).endsWith("is not in the table of saved types"));
    }

    @Test
    void aMapWithoutOrderIsRefused() {
        Kernel kernel = new Kernel();
        kernel.byName = new HashMap<>(Map.of("a", java.util.List.of(), "b", java.util.List.of()));
        var e = assertThrows(UnsavableException.class, () -> new GraphWriter(types).write(kernel));
        assertEquals("Kernel.byName: java.util.HashMap has no stable order", e.getMessage());
    }

    @Saved("test.Holder")
    static final class Holder {
        @Nullable Runnable callback;
        @Nullable Holder next;
    }

    @Test
    void whatIsDeclaredUnsavableMayOnlyBeNull() {
        SavedTypes table = new SavedTypes().add(MethodHandles.lookup(), Holder.class);
        Holder holder = new Holder();
        holder.next = new Holder();
        assertTrue(new GraphWriter(table).write(holder).length > 0);
        holder.next.callback = () -> {};
        var e = assertThrows(UnsavableException.class, () -> new GraphWriter(table).write(holder));
        assertEquals("Holder.next.callback", e.path());
    }
}
