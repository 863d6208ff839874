package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import stasis.kernel.vfs.FsContext;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Every guest program prints in the sandbox what it prints on Linux, however often it is saved. */
class StormTest {
    /**
     * A program whose source says {@code storm: n} is saved after every n-th call instead of every
     * one.
     */
    private static int storm(String name) throws Exception {
        String source = java.nio.file.Files.readString(GuestPrograms.SOURCES.resolve(name + ".c"));
        int at = source.indexOf("storm: ");
        if (at < 0) return 1;
        return Integer.parseInt(source.substring(at + 7).split("\\D", 2)[0]);
    }

    @TestFactory
    Stream<DynamicTest> sameOutputAsOnLinux() throws Exception {
        return GuestPrograms.names().stream()
                .map(n -> DynamicTest.dynamicTest(n, () -> compare(n, 0)));
    }

    @TestFactory
    Stream<DynamicTest> sameOutputThroughSavesAndRestores() throws Exception {
        return GuestPrograms.names().stream()
                .map(n -> DynamicTest.dynamicTest(n, () -> compare(n, storm(n))));
    }

    private static void compare(String name, int every) throws Exception {
        GuestPrograms.Outcome expected = GuestPrograms.runNatively(name);
        Path program = GuestPrograms.compiled(name);
        try (Sandbox sandbox = new Sandbox(TestPlatform.provider()).savedEvery(every)) {
            FsContext fs = sandbox.tmpfsRoot(List.of(program));
            Sandbox.Result result = sandbox.run(fs, List.of("/bin/" + name));
            assertEquals(expected.output(), result.output());
            assertEquals(expected.exitCode(), result.exitCode());
            if (every > 0) assertTrue(result.saves() > 0, "was never saved");
        }
    }
}
