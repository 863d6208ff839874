package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;
import stasis.state.SavedKind;
import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A small kernel of everything a field may be. */
final class GraphSamples {
    private GraphSamples() {}

    enum Colour {
        RED,
        GREEN {
            @Override
            int weight() {
                return 2;
            }
        };

        int weight() {
            return 1;
        }
    }

    @SavedKind
    interface FileImpl {}

    sealed interface Arming permits Disarmed, Armed, Special {}

    @Saved("test.Disarmed")
    record Disarmed() implements Arming {}

    @Saved("test.Armed")
    record Armed(long deadline, @Nullable Task owner, Span span) implements Arming {
        Armed {
            if (deadline < 0) throw new IllegalArgumentException("negative time");
        }
    }

    @Saved("test.Special")
    enum Special implements Arming {
        ONCE,
        TWICE
    }

    @Saved("test.Span")
    record Span(int from, int to) implements Comparable<Span> {
        @Override
        public int compareTo(Span other) {
            return Integer.compare(from, other.from);
        }
    }

    @SavedKind
    abstract static class Inode {
        long number;
        String name = "";

        @NotSaved("counted again by the hooks")
        final List<String> hooks = new ArrayList<>();

        @AfterRestore
        private void remade(Restoration r) {
            hooks.add("inode");
        }
    }

    @Saved("test.Tmpfs")
    static final class TmpfsInode extends Inode implements FileImpl {
        byte @Nullable [] content;

        @BeforeSave
        private void refresh() {
            if (content != null) content[0]++;
        }

        @AfterRestore
        private void ready(Restoration r) {
            hooks.add("tmpfs");
        }
    }

    @Saved("test.Pipe")
    static final class Pipe extends Inode implements FileImpl {
        final @NotSaved("made anew") Object lock = new Object();
        Deque<String> messages = new ArrayDeque<>();
    }

    @Saved("test.Task")
    static final class Task {
        int pid;
        @Nullable Task parent;
        List<Task> children = new ArrayList<>();
        NavigableMap<Integer, FileImpl> files = new TreeMap<>();
        @Nullable Arming arming;
        @Nullable Span span;

        Task(int pid, @Nullable Task parent) {
            this.pid = pid;
            this.parent = parent;
        }

        private Task() {}
    }

    @Saved("test.Kernel")
    static final class Kernel {
        boolean flag;
        byte b;
        short s;
        char c;
        int i;
        long l;
        float f;
        double d;
        @Nullable Boolean boxedFlag;
        @Nullable Integer boxedInt;
        @Nullable Long boxedLong;
        @Nullable Character boxedChar;
        @Nullable String text;
        @Nullable Colour colour;
        boolean @Nullable [] flags;
        byte @Nullable [] bytes;
        short @Nullable [] shorts;
        char @Nullable [] chars;
        int @Nullable [] ints;
        long @Nullable [] longs;
        float @Nullable [] floats;
        double @Nullable [] doubles;
        long @Nullable [][] table;
        @Nullable String @Nullable [] names;
        @Nullable Inode @Nullable [] inodes;
        Span @Nullable [] spans;
        List<Task> tasks = new ArrayList<>();
        ArrayList<@Nullable String> strings = new ArrayList<>();
        Map<String, List<Span>> byName = new LinkedHashMap<>();
        LinkedHashMap<Task, Integer> byTask = new LinkedHashMap<>();
        SortedMap<Span, Colour> sorted = new TreeMap<>();
        TreeMap<String, Long> tree = new TreeMap<>();
        Set<Colour> colours = new LinkedHashSet<>();
        TreeSet<Long> numbers = new TreeSet<>();
        ArrayDeque<Arming> armings = new ArrayDeque<>();
        @Nullable Inode root;
    }

    @Saved("test.Node")
    static final class Node {
        @Nullable Node next;
        int value;
    }

    static SavedTypes types() {
        return new SavedTypes()
                .add(
                        MethodHandles.lookup(),
                        Disarmed.class,
                        Armed.class,
                        Special.class,
                        Span.class,
                        TmpfsInode.class,
                        Pipe.class,
                        Task.class,
                        Kernel.class,
                        Node.class);
    }

    static Kernel kernel() {
        Kernel k = new Kernel();
        fillPlain(k);
        fillArrays(k);
        fillGraph(k);
        return k;
    }

    private static void fillPlain(Kernel k) {
        k.flag = true;
        k.b = -1;
        k.s = -300;
        k.c = '\ud800';
        k.i = Integer.MIN_VALUE;
        k.l = Long.MAX_VALUE;
        k.f = 1.5f;
        k.d = -0.0;
        k.boxedFlag = false;
        k.boxedInt = 7;
        k.boxedChar = 'x';
        k.text = "na\u00efve \u4e16\ud800 lone";
        k.colour = Colour.GREEN;
    }

    private static void fillArrays(Kernel k) {
        k.flags = new boolean[] {true, false};
        k.bytes = new byte[] {1, -2, 3};
        k.shorts = new short[] {1, -2};
        k.chars = new char[] {'a', '\uffff'};
        k.ints = new int[] {Integer.MIN_VALUE, 5};
        k.longs = new long[40_000];
        for (int i = 0; i < k.longs.length; i++) k.longs[i] = i * 0x9E3779B97F4A7C15L;
        k.floats = new float[] {Float.NaN};
        k.doubles = new double[] {Math.PI};
        k.table = new long[][] {{1, 2}, {}};
        k.names = new @Nullable String[] {"a", null, ""};
        k.spans = new Span[] {new Span(1, 2)};
    }

    private static void fillGraph(Kernel k) {
        Task init = new Task(1, null);
        Task child = new Task(2, init);
        init.children.add(child);
        child.arming = new Armed(99, init, new Span(5, 6));
        child.span = new Span(7, 8);
        TmpfsInode file = new TmpfsInode();
        file.number = 42;
        file.name = "file";
        file.content = new byte[] {0, 1};
        Pipe pipe = new Pipe();
        pipe.messages.add("hello");
        child.files.put(3, file);
        child.files.put(7, pipe);
        init.files.put(0, file);
        k.tasks.add(init);
        k.tasks.add(child);
        k.inodes = new @Nullable Inode[] {pipe, null, file};
        k.root = file;
        k.strings.add(null);
        k.strings.add("x");
        k.byName.put("zz", List.of(new Span(1, 1)));
        k.byName.put("aa", new ArrayList<>());
        k.byTask.put(child, 2);
        k.byTask.put(init, 1);
        k.sorted.put(new Span(3, 0), Colour.RED);
        k.sorted.put(new Span(-3, 0), Colour.GREEN);
        k.tree.put("t", 5L);
        k.colours.add(Colour.GREEN);
        k.colours.add(Colour.RED);
        k.numbers.add(9L);
        k.numbers.add(-9L);
        k.armings.add(new Disarmed());
        k.armings.add(Special.TWICE);
        k.armings.add(new Armed(1, null, new Span(0, 0)));
    }
}
