package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Scripts of {@code src/programs} for the programs of a Debian root: the same output and exit code
 * as in a chroot on this machine's own kernel, undisturbed and saved again and again.
 */
class ProgramsTest {
    static final Path ROOT = Path.of("target/debian/root");
    private static final Path SCRIPTS = Path.of("src/programs");

    /**
     * @param every calls between saves, as the script's line {@code # storm: n} says
     * @param interpreter the script's first line
     */
    private record Script(String name, String interpreter, String text, int every) {
        static Script read(Path file) {
            try {
                String text = Files.readString(file);
                String first = text.lines().findFirst().orElseThrow();
                int at = text.indexOf("# storm: ");
                int every =
                        at < 0 ? 25 : Integer.parseInt(text.substring(at + 9).split("\\D", 2)[0]);
                String name = file.getFileName().toString();
                return new Script(name, first.substring(2), text, every);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        List<String> argv() {
            return List.of(interpreter, "-c", text);
        }
    }

    private static Stream<Script> scripts() throws Exception {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.sorted().map(Script::read).toList().stream();
        }
    }

    @TestFactory
    Stream<DynamicTest> sameOutputAsInAChroot() throws Exception {
        return scripts().map(s -> DynamicTest.dynamicTest(s.name, () -> compare(s, 0)));
    }

    @TestFactory
    Stream<DynamicTest> sameOutputThroughSavesAndRestores() throws Exception {
        return scripts().map(s -> DynamicTest.dynamicTest(s.name, () -> compare(s, s.every)));
    }

    /** A sandbox is closed whatever its programs do: run, wait, read, write, wait for a child. */
    @Test
    void closesWhileProgramsRun() throws Exception {
        String script =
                "while :; do :; done & sleep 1000 & yes | cat >/dev/null &"
                        + " while :; do /bin/true; done & echo up; wait";
        try (Sandbox sandbox = new Sandbox(TestPlatform.provider())) {
            sandbox.start(sandbox.hostRoot(ROOT), List.of("/bin/sh", "-c", script));
            while (!sandbox.output().equals("up\n")) Thread.onSpinWait();
        }
    }

    private static void compare(Script script, int every) throws Exception {
        GuestPrograms.Outcome expected = NativeRoot.run(ROOT, script.argv());
        try (Sandbox sandbox = new Sandbox(TestPlatform.provider()).savedEvery(every)) {
            Sandbox.Result r = sandbox.run(sandbox.hostRoot(ROOT), script.argv());
            assertEquals(expected.output(), r.output());
            assertEquals(expected.exitCode(), r.exitCode());
            if (every > 0) assertTrue(r.saves() > 0, "was never saved");
        }
    }
}
