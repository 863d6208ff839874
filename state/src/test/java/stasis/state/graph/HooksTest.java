package stasis.state.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.CorruptSnapshotException;
import stasis.state.Restoration;
import stasis.state.Saved;
import stasis.state.SavedTypes;
import stasis.state.UnsavableException;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class HooksTest {
    /** Stands for the host. */
    static final class Log {
        final List<String> lines = new ArrayList<>();
    }

    @Saved("hooks.Part")
    static final class Part {
        String name = "";
        @Nullable Part needs;
        @Nullable Part next;
        boolean forgiving;

        @AfterRestore
        private void remake(Restoration r) {
            try {
                if (needs != null) r.ready(needs);
            } catch (RuntimeException e) {
                if (!forgiving) throw e;
            }
            r.resource(Log.class).lines.add(name);
        }
    }

    @Saved("hooks.Sulky")
    static final class Sulky {
        boolean saving;
        @Nullable Sulky inner;

        @BeforeSave
        private void refuse() {
            if (saving) throw new IllegalStateException("not now");
        }
    }

    private final SavedTypes types =
            new SavedTypes().add(MethodHandles.lookup(), Part.class, Sulky.class);
    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");

    private static Part part(String name) {
        Part part = new Part();
        part.name = name;
        return part;
    }

    private List<String> restore(Map<Class<?>, Object> resources) {
        a.next = b;
        b.next = c;
        byte[] bytes = new GraphWriter(types).write(a);
        new GraphReader(types).read(bytes, Part.class, resources);
        return resources.get(Log.class) instanceof Log log ? log.lines : List.of();
    }

    @Test
    void hooksRunInTheOrderReached() {
        assertEquals(List.of("a", "b", "c"), restore(Map.of(Log.class, new Log())));
    }

    @Test
    void aHookMayAskForAnotherFirst() {
        a.needs = c;
        c.needs = b;
        assertEquals(List.of("b", "c", "a"), restore(Map.of(Log.class, new Log())));
    }

    @Test
    void hooksThatWaitForEachOtherAreReported() {
        b.needs = c;
        c.needs = b;
        assertRefused(
                "Part.next.needs: restore hooks wait for each other:"
                        + " Part.next -> Part.next.needs -> Part.next",
                Map.of(Log.class, new Log()));
    }

    @Test
    void aHookCannotForgiveTheFailureOfAnother() {
        a.needs = b;
        a.forgiving = true;
        b.needs = b;
        assertRefused(
                "Part.needs: restore hooks wait for each other: Part.needs -> Part.needs",
                Map.of(Log.class, new Log()));
    }

    @Test
    void aMissingResourceIsNamed() {
        assertRefused("Part: this host gives no " + Log.class.getName(), Map.of());
    }

    private void assertRefused(String message, Map<Class<?>, Object> resources) {
        var e = assertThrows(CorruptSnapshotException.class, () -> restore(resources));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aFailingBeforeSaveIsReportedWithItsPath() {
        Sulky outer = new Sulky();
        outer.inner = new Sulky();
        outer.inner.saving = true;
        var e = assertThrows(UnsavableException.class, () -> new GraphWriter(types).write(outer));
        assertEquals("Sulky.inner: IllegalStateException: not now", e.getMessage());
    }
}
