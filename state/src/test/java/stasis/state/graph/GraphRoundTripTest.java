package stasis.state.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.state.SavedTypes;
import stasis.state.graph.GraphSamples.Armed;
import stasis.state.graph.GraphSamples.Kernel;
import stasis.state.graph.GraphSamples.Node;
import stasis.state.graph.GraphSamples.Pipe;
import stasis.state.graph.GraphSamples.Task;
import stasis.state.graph.GraphSamples.TmpfsInode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

class GraphRoundTripTest {
    private final SavedTypes types = GraphSamples.types();

    private static Kernel restored(SavedTypes types, Kernel kernel) {
        byte[] bytes = new GraphWriter(types).write(kernel);
        return new GraphReader(types).read(bytes, Kernel.class, Map.of());
    }

    @Test
    void plainFieldsComeBack() {
        Kernel a = GraphSamples.kernel();
        Kernel b = restored(types, a);
        assertEquals(
                List.of(a.flag, a.b, a.s, a.c, a.i, a.l, a.f, a.d),
                List.of(b.flag, b.b, b.s, b.c, b.i, b.l, b.f, b.d));
        assertEquals(a.boxedFlag, b.boxedFlag);
        assertEquals(a.boxedInt, b.boxedInt);
        assertNull(b.boxedLong);
        assertEquals(a.boxedChar, b.boxedChar);
        assertEquals(a.text, b.text);
        assertSame(a.colour, b.colour);
    }

    @Test
    void arraysComeBack() {
        Kernel a = GraphSamples.kernel();
        Kernel b = restored(types, a);
        assertArrayEquals(a.flags, b.flags);
        assertArrayEquals(a.bytes, b.bytes);
        assertArrayEquals(a.shorts, b.shorts);
        assertArrayEquals(a.chars, b.chars);
        assertArrayEquals(a.ints, b.ints);
        assertArrayEquals(a.longs, b.longs);
        assertArrayEquals(a.floats, b.floats);
        assertArrayEquals(a.doubles, b.doubles);
        assertArrayEquals(a.table, b.table);
        assertArrayEquals(a.names, b.names);
        assertArrayEquals(a.spans, b.spans);
    }

    @Test
    void collectionsComeBackInTheirOrder() {
        Kernel a = GraphSamples.kernel();
        Kernel b = restored(types, a);
        assertEquals(a.strings, b.strings);
        assertEquals(List.copyOf(a.byName.entrySet()), List.copyOf(b.byName.entrySet()));
        assertEquals(a.sorted, b.sorted);
        assertEquals(a.tree, b.tree);
        assertEquals(new ArrayList<>(a.colours), new ArrayList<>(b.colours));
        assertEquals(a.numbers, b.numbers);
        assertEquals(List.of(2, 1), List.copyOf(b.byTask.values()));
        assertEquals(2, b.byTask.get(b.tasks.get(1)));
        assertEquals(
                new ArrayList<>(a.armings).subList(0, 2), new ArrayList<>(b.armings).subList(0, 2));
    }

    @Test
    void identityAndCyclesAreKept() {
        Kernel b = restored(types, GraphSamples.kernel());
        Task init = b.tasks.get(0);
        Task child = b.tasks.get(1);
        assertSame(init, child.parent);
        assertSame(child, init.children.get(0));
        assertSame(init, ((Armed) present(child.arming)).owner());
        assertSame(b.root, init.files.get(0));
        assertSame(b.root, child.files.get(3));
        assertSame(b.root, present(b.inodes)[2]);
    }

    @Test
    void fieldsOfAnAbstractClassAreSavedAndItsHooksRunFirst() {
        Kernel b = restored(types, GraphSamples.kernel());
        TmpfsInode file = (TmpfsInode) present(b.root);
        assertEquals(42, file.number);
        assertEquals("file", file.name);
        assertEquals(List.of("inode", "tmpfs"), file.hooks);
        assertEquals(1, present(file.content)[0], "@BeforeSave ran once");
        Pipe pipe = (Pipe) present(b.tasks.get(1).files.get(7));
        assertEquals(List.of("hello"), List.copyOf(pipe.messages));
        assertNotNull(pipe.lock);
    }

    @Test
    void savingTwiceGivesTheSameBytes() throws IOException {
        Kernel kernel = GraphSamples.kernel();
        ((TmpfsInode) present(kernel.root)).content = null;
        byte[] first = new GraphWriter(types).write(kernel);
        GraphWriter used = new GraphWriter(types);
        used.write(new Node());
        var second = new ByteArrayOutputStream();
        used.write(kernel, second);
        assertArrayEquals(first, second.toByteArray());
        assertArrayEquals(first, used.write(restored(types, kernel)));
    }

    @Test
    void aLongListNeedsNoStack() throws Exception {
        Node head = chain(100_000);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread small =
                new Thread(
                        null,
                        () -> {
                            byte[] bytes = new GraphWriter(types).write(head);
                            Node back = new GraphReader(types).read(bytes, Node.class, Map.of());
                            assertEquals(100_000, length(back));
                        },
                        "small",
                        256 << 10);
        small.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        small.start();
        small.join();
        assertNull(failure.get());
    }

    @Test
    void aMillionObjectsComeBack() {
        byte[] bytes = new GraphWriter(types).write(chain(1_000_000));
        Node back = new GraphReader(types).read(bytes, Node.class, Map.of());
        assertEquals(1_000_000, length(back));
    }

    private static Node chain(int length) {
        Node head = new Node();
        Node at = head;
        for (int i = 1; i < length; i++) {
            at.next = new Node();
            at = at.next;
            at.value = i;
        }
        return head;
    }

    private static int length(Node node) {
        int n = 0;
        for (Node at = node; at != null; at = at.next) {
            assertEquals(n, at.value);
            n++;
        }
        return n;
    }

    private static <T> T present(@Nullable T value) {
        assertNotNull(value);
        return Objects.requireNonNull(value);
    }
}
