package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.cli.Json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Containers as OCI clients and people at a shell use them. */
class CommandLineTest {
    /** Says that it is there, then takes TERM. */
    private static final String[] TAKES_TERM = {
        "/bin/bash", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"
    };

    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    // ---- do

    @Test
    void doGivesTheExitCodeOfItsProgram() throws Exception {
        assertEquals(0, stasis.run("do", "true").exitCode());
        assertEquals(1, stasis.run("do", "false").exitCode());
        assertEquals(7, stasis.run("do", "sh", "-c", "exit 7").exitCode());
        assertEquals("", stasis.listed());
    }

    /** Like a container's first process on Linux, it cannot kill itself; its children can. */
    @Test
    void killedProgramsEndWithTheirSignal() throws Exception {
        Program child = stasis.run("do", "sh", "-c", "sh -c 'kill -9 $$'; echo $?");
        assertEquals("137\n", child.output());
        assertEquals(0, stasis.run("do", "sh", "-c", "kill -9 $$; exit 0").exitCode());
        Program first = stasis.start("do", "--id", "first", "sh", "-c", "echo up; sleep 600");
        first.awaitOutput("up\n"::equals);
        stasis.good("kill", "first", "KILL");
        assertEquals(137, first.exitCode());
    }

    @Test
    void programsThatCannotBeStartedAreToldFromThoseThatFail() throws Exception {
        Program missing = stasis.run("do", "/no/such/program");
        assertEquals(127, missing.exitCode());
        assertOneLine("no such file", missing);
        Program noProgram = stasis.run("do", "/etc/passwd");
        assertEquals(126, noProgram.exitCode());
        assertOneLine("permission denied", noProgram);
        assertEquals("", stasis.listed());
    }

    @Test
    void megabytesGoThroughPipesUnchanged() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(7).nextBytes(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Program cat = stasis.start("do", "sh", "-c", "cat; echo end >&2; exit 5");
        Thread writer =
                Thread.startVirtualThread(
                        () -> {
                            try {
                                cat.input(text);
                                cat.endInput();
                            } catch (java.io.IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        assertEquals(5, cat.exitCode());
        writer.join();
        assertTrue(text.equals(cat.output()), "other bytes came out");
        assertEquals("end\n", cat.errors());
    }

    // ---- a bundle from spec to delete

    @Test
    void specMakesAConfigOnce() throws Exception {
        Path bundle = Files.createDirectory(stasis.folder().resolve("made"));
        stasis.good("spec", "--bundle", bundle.toString(), "--", "/bin/echo", "hello");
        Map<String, ?> config = Json.object(Files.readAllBytes(bundle.resolve("config.json")));
        assertEquals(
                List.of("/bin/echo", "hello"), ((Map<?, ?>) config.get("process")).get("args"));
        Program again = stasis.run("spec", "--bundle", bundle.toString());
        assertEquals(1, again.exitCode());
        assertOneLine("exists", again);
    }

    @Test
    void runPassesOutputAndExitCode() throws Exception {
        Path bundle = stasis.bundle("/bin/sh", "-c", "echo out; echo err >&2; touch /x; exit 9");
        Program run = stasis.run("run", "--bundle", bundle.toString(), "a");
        assertEquals("out\n", run.output());
        assertTrue(run.errors().startsWith("err\n"), run.errors());
        assertTrue(run.errors().contains("Read-only file system"), run.errors());
        assertEquals(9, run.exitCode());
        assertEquals("", stasis.listed());
    }

    @Test
    void containersGoThroughTheirStates() throws Exception {
        Path bundle = stasis.bundle(TAKES_TERM);
        Path pidFile = stasis.folder().resolve("pid");
        Program created =
                stasis.startDetached(
                        "create",
                        "--bundle",
                        bundle.toString(),
                        "--pid-file",
                        pidFile.toString(),
                        "a");
        assertEquals("created", stasis.status("a"));
        assertEquals(stasis.pid("a"), Long.parseLong(Files.readString(pidFile)));
        assertEquals("a\n", stasis.listed());

        stasis.good("start", "a");
        created.awaitOutput("up\n"::equals);
        assertEquals("running", stasis.status("a"));
        assertTrue(stasis.run("ps", "a").output().contains("bash"));
        stasis.good("pause", "a");
        assertEquals("paused", stasis.status("a"));
        stasis.good("resume", "a");
        assertEquals("running", stasis.status("a"));

        Program exec = stasis.run("exec", "a", "/bin/sh", "-c", "echo inside; exit 4");
        assertEquals("inside\n", exec.output());
        assertEquals(4, exec.exitCode());

        Program refused = stasis.run("delete", "a");
        assertEquals(1, refused.exitCode());
        assertOneLine("not stopped", refused);
        Program waits = stasis.start("wait", "a");
        stasis.good("kill", "a", "TERM");
        waits.exitCode();
        created.awaitOutput("up\nbye\n"::equals);
        assertEquals("stopped", awaitStatus("a", "stopped"));
        stasis.good("delete", "a");
        assertEquals("", stasis.listed());
    }

    @Test
    void waitTellsTheExitStatus() throws Exception {
        Program up = detached("a", stasis.bundle(TAKES_TERM));
        up.awaitOutput("up\n"::equals);
        Program waits = stasis.start("wait", "a");
        // nobody outside sees that wait has asked, but what it asks for stays true
        stasis.good("kill", "a", "SIGTERM");
        up.awaitOutput("up\nbye\n"::equals);
        int code = waits.exitCode();
        if (code == 0) {
            assertEquals("{\"id\":\"a\",\"exitStatus\":3}\n", waits.output());
        } else {
            assertOneLine("not running", waits); // it came too late
        }
    }

    @Test
    void signalsToAForegroundRunReachTheProgram() throws Exception {
        Path bundle = stasis.bundle(TAKES_TERM);
        Program run = stasis.start("run", "--bundle", bundle.toString(), "a");
        run.awaitOutput("up\n"::equals);
        run.signal("TERM");
        assertEquals(3, run.exitCode());
        assertEquals("up\nbye\n", run.output());
        assertEquals("", stasis.listed());
    }

    // ---- sandboxes that die

    @Test
    void deadSandboxesAreSeenAsStoppedAndCanBeDeleted() throws Exception {
        detached("a", stasis.bundle(TAKES_TERM)).awaitOutput("up\n"::equals);
        Program.signal(stasis.pid("a"), "KILL");
        assertEquals("stopped", awaitStatus("a", "stopped"));
        Program kill = stasis.run("kill", "a", "TERM");
        assertEquals(1, kill.exitCode());
        assertOneLine("not running", kill);
        stasis.good("delete", "a");
        assertEquals("", stasis.listed());
    }

    @Test
    void aDeadForegroundRunLeavesNothing() throws Exception {
        Path bundle = stasis.bundle(TAKES_TERM);
        Program run = stasis.start("run", "--bundle", bundle.toString(), "a");
        run.awaitOutput("up\n"::equals);
        Program.signal(stasis.pid("a"), "KILL");
        assertEquals(137, run.exitCode());
        assertEquals("", stasis.listed());
        Program again = stasis.start("run", "--bundle", bundle.toString(), "a");
        again.awaitOutput("up\n"::equals);
    }

    // ---- bad input

    @Test
    void badInputIsOneLineAndAnExitCode() throws Exception {
        Program noBundle = stasis.run("run", "--bundle", "/no/such/bundle", "a");
        assertEquals(1, noBundle.exitCode());
        assertOneLine("/no/such/bundle", noBundle);

        Path broken = stasis.bundle("/bin/true");
        Files.writeString(broken.resolve("config.json"), "{\"ociVersion\": \"1.0.2\",\n oops");
        Program brokenConfig = stasis.run("create", "--bundle", broken.toString(), "a");
        assertEquals(1, brokenConfig.exitCode());
        assertOneLine("config.json: line 2", brokenConfig);

        Path missing = stasis.bundle("/no/such/program");
        Program noProgram = stasis.run("create", "--bundle", missing.toString(), "a");
        assertEquals(127, noProgram.exitCode());
        assertOneLine("no such file", noProgram);

        for (String command : List.of("state", "start", "kill", "delete", "ps", "wait")) {
            Program unknown = stasis.run(command, "nobody");
            assertEquals(1, unknown.exitCode(), command);
            assertOneLine("container \"nobody\" does not exist", unknown);
        }
        assertEquals(0, stasis.run("delete", "--force", "nobody").exitCode());
        assertEquals("", stasis.listed());
    }

    @Test
    void anIdIsUsedOnce() throws Exception {
        Path bundle = stasis.bundle(TAKES_TERM);
        detached("a", bundle).awaitOutput("up\n"::equals);
        Program second = stasis.run("run", "--bundle", bundle.toString(), "a");
        assertEquals(128, second.exitCode());
        assertOneLine("in use", second);
        assertEquals("running", stasis.status("a"));
        assertOneLine("id", stasis.run("run", "--bundle", bundle.toString(), "../a"));
    }

    @Test
    void programsOfAnotherArchitectureAreRefused() throws Exception {
        Path root = Files.createDirectory(stasis.folder().resolve("root"));
        byte[] elf = Files.readAllBytes(Path.of("/bin/true"));
        elf[18] = (byte) 183; // e_machine: EM_AARCH64
        Path program = Files.write(root.resolve("program"), elf);
        assertTrue(program.toFile().setExecutable(true));
        Program run = stasis.run("do", "--root", root.toString(), "/program");
        assertEquals(126, run.exitCode());
        assertOneLine("exec format error", run);
    }

    @Test
    void theLogHasWhatStderrHas() throws Exception {
        Path log = stasis.folder().resolve("log");
        Program run =
                stasis.run(
                        "--log-format=json",
                        "--log",
                        log.toString(),
                        "run",
                        "--bundle",
                        "/no/such/bundle",
                        "a");
        assertEquals(1, run.exitCode());
        Map<String, ?> line = Json.object(Files.readAllBytes(log));
        assertEquals("error", line.get("level"));
        assertEquals("stasis: " + line.get("msg") + "\n", run.errors());
    }

    private Program detached(String id, Path bundle) throws Exception {
        return stasis.startDetached("run", "--detach", "--bundle", bundle.toString(), id);
    }

    /** What others see lags behind: asks again until it is so, a hundred times at most. */
    private String awaitStatus(String id, String wanted) throws Exception {
        String status = "";
        for (int i = 0; i < 100 && !status.equals(wanted); i++) {
            Program state = stasis.run("state", id);
            if (state.exitCode() != 0) continue;
            status = stasis.status(id);
        }
        return status;
    }

    static void assertOneLine(String part, Program failed) {
        String errors = failed.errors();
        assertTrue(errors.startsWith("stasis: "), errors);
        assertEquals(errors.length() - 1, errors.indexOf('\n'), errors);
        assertTrue(errors.contains(part), errors);
    }
}
