package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is left in a sandbox when an exec session is over: nothing. */
class ExecSessionTest {
    private static final String[] WAITS = {"/bin/sh", "-c", "echo up; exec sleep 600"};
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int SESSIONS = 6;

    private CommandLine stasis;
    private Path bundle;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
        bundle = stasis.bundle(WAITS);
        stasis.startDetached("run", "--detach", "--bundle", bundle.toString(), "a")
                .awaitOutput("up\n"::equals);
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    @Test
    void aSessionThatIsOverTakesNoInputOfTheNext() throws Exception {
        List<Program> earlier = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            Program program = stasis.start("exec", "a", "/bin/true");
            assertEquals(0, program.exitCode(), program::errors);
            earlier.add(program); // its input stays open
        }
        Program cat = stasis.start("exec", "a", "/bin/cat");
        cat.input("begin\n");
        cat.awaitOutput("begin\n"::equals);
        for (Program program : earlier) program.endInput();
        StringBuilder all = new StringBuilder("begin\n");
        for (int i = 0; i < 100; i++) {
            String line = "line " + i + "\n";
            cat.input(line);
            all.append(line);
            cat.awaitOutput(all.toString()::equals);
        }
        cat.endInput();
        assertEquals(0, cat.exitCode(), cat::errors);
    }

    @Test
    void whatASessionLeavesRunningWritesNothingIntoTheNext() throws Exception {
        String script =
                "(trap '' PIPE; until [ -e /tmp/next ]; do sleep 0.01; done;"
                        + " echo stray; : >/tmp/wrote) & echo first";
        Program first = stasis.run("exec", "a", "/bin/sh", "-c", script);
        assertEquals("first\n", first.output(), first::errors);
        String waits = ": >/tmp/next; until [ -e /tmp/wrote ]; do sleep 0.01; done; echo second";
        Program second = stasis.run("exec", "a", "/bin/sh", "-c", waits);
        assertEquals("second\n", second.output(), second::errors);
        assertEquals("first\n", first.output());
    }

    @Test
    void sessionsThatCannotBeginLeaveNoDescriptorBehind() throws Exception {
        long pid = stasis.pid("a");
        assertEquals(127, stasis.run("exec", "a", "/no/such").exitCode());
        assertEquals(0, stasis.run("exec", "a", "/bin/true").exitCode());
        long before = descriptors(pid);
        for (int i = 0; i < SESSIONS; i++) {
            assertEquals(127, stasis.run("exec", "a", "/no/such").exitCode());
            assertFalse(stasis.run("exec", "--cwd", "/bin/sh", "a", "/bin/true").exitCode() == 0);
        }
        stasis.good("pause", "a");
        for (int i = 0; i < SESSIONS; i++) {
            assertEquals(1, stasis.run("exec", "a", "/bin/true").exitCode());
        }
        stasis.good("resume", "a");
        awaitDescriptors(pid, before + 3); // fewer than a session has
    }

    /** Connections that are just over still have one. */
    private static void awaitDescriptors(long pid, long most) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (descriptors(pid) >= most) {
            assertTrue(System.nanoTime() < end, () -> "descriptors: " + names(pid));
            Thread.onSpinWait();
        }
    }

    private static long descriptors(long pid) {
        return names(pid).size();
    }

    private static List<String> names(long pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.map(Path::toString).toList();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theTerminalOfASessionIsGoneWithIt() throws Exception {
        try (ConsoleSocket console = new ConsoleSocket(stasis.folder().resolve("console"))) {
            for (String program : List.of("/bin/true", "/no/such", "/bin/true")) {
                String socket = console.path().toString();
                Program exec =
                        stasis.start("exec", "--tty", "--console-socket", socket, "a", program);
                try (Pty _ = console.accept()) {
                    assertEquals(program.equals("/bin/true") ? 0 : 127, exec.exitCode());
                }
            }
        }
        assertEquals("ptmx\n", stasis.run("exec", "a", "ls", "/dev/pts").output());
    }

    /** Its streams must stand still as well while they are saved. */
    @Test
    void anImageMadeWhileSessionsTalkIsWhole() throws Exception {
        // it never has all of it, and always takes some
        String slowly = "import os, time\nwhile os.read(0, 4096): time.sleep(0.001)";
        List<String> slow = List.of("sh", "-c", "\"$@\" | exec python3 -c \"$0\"", slowly);
        String script = "echo up >&2; exec cat /dev/zero";
        Program talks = stasis.start(slow, stasis.folder(), "exec", "a", "sh", "-c", script);
        talks.awaitErrors("up\n"::equals);
        for (int i = 0; i < SESSIONS; i++) {
            String image = stasis.folder().resolve("image" + i).toString();
            stasis.good("checkpoint", "--leave-running", "--image-path", image, "a");
            Program restored =
                    stasis.startDetached(
                            "restore",
                            "--detach",
                            "--bundle",
                            bundle.toString(),
                            "--image-path",
                            image,
                            "r" + i);
            assertEquals("running", stasis.status("r" + i), restored::errors);
            stasis.good("delete", "--force", "r" + i);
        }
        assertTrue(talks.isAlive());
    }

    @Test
    void onlyAContainersOwnWorkingDirectoryIsMade() throws Exception {
        Program missing = stasis.run("exec", "--cwd", "/tmp/none", "a", "/bin/true");
        assertFalse(missing.exitCode() == 0);
        CommandLineTest.assertOneLine("\"/tmp/none\": no such file or directory", missing);
        assertEquals("", stasis.run("exec", "a", "ls", "/tmp").output());

        Bundle bundle = new Bundle("/bin/pwd");
        bundle.process().put("cwd", "/tmp/made/here");
        Program made =
                stasis.run("run", "--bundle", bundle.writeTo(stasis.folder()).toString(), "b");
        assertEquals("/tmp/made/here\n", made.output(), made::errors);
    }
}
