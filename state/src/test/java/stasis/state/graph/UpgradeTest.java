package stasis.state.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.state.CorruptSnapshotException;
import stasis.state.Saved;
import stasis.state.SavedTypes;
import stasis.state.Upgrade;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class UpgradeTest {
    enum Mode {
        READ,
        WRITE
    }

    /** The classes as they were. */
    static final class Then {
        @Saved("up.File")
        static final class File {
            int position;
            Mode mode = Mode.WRITE;
            List<Then.Point> points = new ArrayList<>();
            @Nullable File self;
            int[] numbers = {1, 2};
            @Nullable String @Nullable [] names = {"x"};
        }

        @Saved("up.Point")
        record Point(int x) {}

        @Saved("up.Solo")
        static final class Solo {
            Then.@Nullable Point point = new Then.Point(1);
        }
    }

    /** The same a year later: a wider field, a renamed one, one more coordinate. */
    static final class Now {
        @Saved(value = "up.File", version = 3)
        static final class File {
            long offset;
            boolean writable;
            List<Now.Point> points = new ArrayList<>();
            @Nullable File self;
            int[] numbers = {};
            @Nullable String @Nullable [] names;

            @Upgrade(from = 1)
            private static void widen(Map<String, Object> fields) {
                fields.put("offset", Long.valueOf(String.valueOf(fields.remove("position"))));
            }

            @Upgrade(from = 2)
            private static void flag(Map<String, Object> fields) {
                fields.put("writable", "WRITE".equals(fields.remove("mode")));
            }
        }

        @Saved(value = "up.Point", version = 2)
        record Point(int x, int y) {
            @Upgrade(from = 1)
            private static void flat(Map<String, Object> fields) {
                fields.put("y", 0);
            }
        }
    }

    static final class Broken {
        @Saved(value = "up.Point", version = 2)
        record Point(int x, int y) {
            @Upgrade(from = 1)
            private static void forgets(Map<String, Object> fields) {}
        }

        @Saved("up.Solo")
        static final class Solo {
            Broken.@Nullable Point point;
        }

        @Saved("up.File")
        static final class File {
            long position;
        }
    }

    private static SavedTypes table(Class<?>... classes) {
        return new SavedTypes().add(MethodHandles.lookup(), classes);
    }

    private static byte[] then() {
        Then.File file = new Then.File();
        file.position = 77;
        file.points.add(new Then.Point(5));
        file.self = file;
        return new GraphWriter(table(Then.File.class, Then.Point.class)).write(file);
    }

    @Test
    void oldFieldsBecomeNewOnesStepByStep() {
        SavedTypes now = table(Now.File.class, Now.Point.class);
        Now.File file = new GraphReader(now).read(then(), Now.File.class, Map.of());
        assertEquals(77, file.offset);
        assertEquals(true, file.writable);
        assertEquals(List.of(new Now.Point(5, 0)), file.points);
        assertSame(file, file.self);
        assertEquals(2, file.numbers.length);
    }

    private static void assertRefused(String message, byte[] bytes, Class<?>... classes) {
        var e =
                assertThrows(
                        CorruptSnapshotException.class,
                        () -> new GraphReader(table(classes)).read(bytes, Object.class, Map.of()));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aNewerVersionIsRefused() {
        byte[] now = new GraphWriter(table(Now.File.class, Now.Point.class)).write(new Now.File());
        assertRefused(
                "graph: up.File ("
                        + Then.File.class.getName()
                        + ") is v3 in the image and v1 in this build",
                now,
                Then.File.class,
                Then.Point.class);
    }

    @Test
    void anUpgradeThatForgetsAFieldIsRefused() {
        assertRefused(
                "Solo.point: the upgrade left y unset",
                new GraphWriter(table(Then.Solo.class, Then.Point.class)).write(new Then.Solo()),
                Broken.Solo.class,
                Broken.Point.class);
    }

    @Test
    void otherFieldsUnderTheSameVersionAreRefused() {
        assertRefused(
                "graph: up.File v1 has other fields here: position: long,"
                        + " stored as mode: enum Mode",
                then(),
                Broken.File.class,
                Then.Point.class);
    }
}
