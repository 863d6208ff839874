package stasis.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class SavedTypesTest {
    enum Level {
        LOW
    }

    @SavedKind
    interface Device {}

    sealed interface State {}

    @Saved("t.Idle")
    record Idle() implements State {}

    @Saved("t.Busy")
    record Busy(long since, Level level) implements State {}

    @Saved(value = "t.Disk", version = 3)
    static final class Disk implements Device {
        byte[] content = {};
        State state = new Idle();
        Map<String, List<Device>> links = new TreeMap<>();
        Busy @Nullable [] history;
        @Nullable Disk mirror;

        @NotSaved("made anew")
        final Object lock = new Object();
    }

    private static SavedTypes table(Class<?>... classes) {
        return new SavedTypes().add(MethodHandles.lookup(), classes);
    }

    @Test
    void theSchemaListsWhatIsSaved() {
        String expected =
                """
                t.Busy v1 value
                  since: long
                  level: enum Level
                t.Disk v3 entity
                  content: byte[]
                  history: t.Busy[]
                  links: Map<String, List<any Device>>
                  mirror: t.Disk
                  state: any State
                t.Idle v1 value
                """;
        SavedTypes types = table(Disk.class, Idle.class, Busy.class);
        assertEquals(expected, types.schema());
        assertEquals(List.of(), types.holes());
    }

    @Test
    void everyShapeCanBeReadBackFromItsText() {
        SavedTypes types = table(Disk.class, Idle.class, Busy.class);
        for (SavedType t : types.types()) {
            for (SavedField f : t.fields()) {
                SavedShape shape = types.shape(f.declared());
                assertEquals(shape, types.parseShape(shape.text()));
            }
        }
        assertThrows(CorruptSnapshotException.class, () -> types.parseShape("List<int"));
        assertThrows(CorruptSnapshotException.class, () -> types.parseShape("gone.Type"));
        assertThrows(
                CorruptSnapshotException.class, () -> types.parseShape("List<".repeat(10_000)));
    }

    @SuppressWarnings("Incomparable")
    @Saved("t.Leaky")
    static final class Leaky {
        @Nullable Thread thread;
        List<Runnable> callbacks = new ArrayList<>();
        @Nullable State state;
        TreeMap<Disk, String> byDisk = new TreeMap<>();
        Map<String, Integer> fine = new TreeMap<>();
        Map<Named, Integer> byName = new LinkedHashMap<>();
    }

    @Saved("t.Named")
    static final class Named {
        int x;

        @Override
        public int hashCode() {
            return x;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Named n && n.x == x;
        }
    }

    @Test
    void fieldsThatCannotBeSavedAreHoles() {
        List<String> holes = table(Leaky.class, Disk.class, Busy.class, Named.class).holes();
        String name = Leaky.class.getName();
        assertTrue(holes.contains(name + ".thread: java.lang.Thread"), holes.toString());
        assertTrue(holes.contains(name + ".callbacks: java.lang.Runnable"), holes.toString());
        assertTrue(holes.contains(name + ".state: " + Idle.class.getName()), holes.toString());
        assertTrue(holes.contains(name + ".byDisk: sorted by the entity t.Disk"));
        assertTrue(holes.contains(name + ".byName: hashed by the entity t.Named"));
        assertEquals(6, holes.size(), holes.toString());
    }

    @SavedKind
    interface Expression {}

    @Saved("t.Not")
    record Not(List<Expression> of) implements Expression {}

    @Test
    void aRecordThatCanContainItselfIsRefused() {
        SavedTypes types = table(Not.class);
        assertEquals(
                List.of(Not.class.getName() + " is a record that can contain itself"),
                types.holes());
        assertThrows(IllegalStateException.class, types::requireLeafRecords);
    }

    static final class Plain {}

    @Saved("t.Final")
    static final class FinalField {
        final int x = 1;
    }

    @Saved("t.NoConstructor")
    static final class NoConstructor {
        int x;

        NoConstructor(int x) {
            this.x = x;
        }
    }

    @Saved("t.PublicHook")
    static final class PublicHook {
        @AfterRestore
        void remake(Restoration r) {}
    }

    @Saved("t.WrongHook")
    static final class WrongHook {
        @BeforeSave
        private void refresh(Restoration r) {}
    }

    @Saved("t.Hooked")
    record HookedRecord(int x) {
        @BeforeSave
        private void refresh() {}
    }

    @Saved("t.Foreign")
    static final class Foreign extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    @Saved("t.Abstract")
    abstract static class Abstract {}

    @Saved("List")
    static final class Reserved {}

    @Saved("t.Inner")
    @SuppressWarnings("ClassCanBeStatic")
    final class Inner {}

    abstract static class Base {
        int x;
    }

    @Saved("t.Shadow")
    @SuppressWarnings("HidingField")
    static final class Shadow extends Base {
        int x;
    }

    private static void assertRefused(Class<?> type, String why) {
        var e = assertThrows(IllegalStateException.class, () -> table(type));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(type.getName() + " ") && message.contains(why), message);
    }

    @Test
    void unsoundClassesAreRefused() {
        @Saved("t.Local")
        final class Local {}
        assertRefused(Local.class, "no stable name");
        assertRefused(Inner.class, "is an inner class");
        assertRefused(Plain.class, "not @Saved");
        assertRefused(FinalField.class, "field x is saved, so it must not be final");
        assertRefused(NoConstructor.class, "no constructor without arguments");
        assertRefused(PublicHook.class, "remake must be private, void and take a Restoration");
        assertRefused(WrongHook.class, "refresh must be private, void and take nothing");
        assertRefused(HookedRecord.class, "has no hooks");
        assertRefused(Foreign.class, "superclass java.util.ArrayList of another module");
        assertRefused(Abstract.class, "is abstract");
        assertRefused(Reserved.class, "reserved name");
        assertRefused(Shadow.class, "two saved fields named x");
    }

    @Saved("t.Idle")
    record OtherIdle() {}

    @Test
    void twoClassesOfOneNameAreRefused() {
        var e = assertThrows(IllegalStateException.class, () -> table(Idle.class, OtherIdle.class));
        assertTrue(String.valueOf(e.getMessage()).startsWith("two classes are saved as t.Idle"));
    }
}
