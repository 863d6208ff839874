package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.cli.Json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Commands and options that clients rarely use, each once. */
class CommandsTest {
    private static final String[] WAITS = {"/bin/sh", "-c", "echo up; exec sleep 600"};

    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    private Program detached(Path bundle) throws Exception {
        Program run = stasis.startDetached("run", "--detach", "--bundle", bundle.toString(), "a");
        run.awaitOutput("up\n"::equals);
        return run;
    }

    private static Map<String, ?> json(Program program) throws Exception {
        assertEquals(0, program.exitCode(), program::errors);
        return Json.object(program.output().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<?, ?> map(Object o) {
        return (Map<?, ?>) o;
    }

    @Test
    void eventsTellWhatAContainerUses() throws Exception {
        detached(stasis.bundle(WAITS));
        Map<String, ?> event = json(stasis.run("events", "--stats", "a"));
        assertEquals("stats", event.get("type"));
        assertEquals("a", event.get("id"));
        Map<?, ?> data = map(event.get("data"));
        assertEquals(1L, map(data.get("pids")).get("current"));
        assertTrue((Long) map(map(data.get("memory")).get("usage")).get("usage") > 0);
        Program events = stasis.start("events", "--interval", "1s", "a");
        events.awaitOutput(s -> s.lines().count() >= 2);
        stasis.good("kill", "a", "KILL");
        assertTrue(events.exitCode() != 0);
    }

    @Test
    void inspectTellsWhatAnImageHolds() throws Exception {
        detached(stasis.bundle(WAITS));
        String image = stasis.folder().resolve("image").toString();
        stasis.good("checkpoint", "--image-path", image, "a");
        Map<String, ?> manifest = json(stasis.run("inspect", "--json", image));
        assertEquals(1L, manifest.get("formatVersion"));
        Map<?, ?> container = map(((List<?>) manifest.get("containers")).getFirst());
        assertEquals("a", container.get("id"));
        assertEquals(
                "sleep", map(((List<?>) container.get("processes")).getFirst()).get("command"));
        Program text = stasis.run("inspect", image);
        assertEquals(0, text.exitCode(), text::errors);
        assertTrue(text.output().contains("task.Task"), text.output());
    }

    @Test
    void featuresAreThoseOfTheSpecification() throws Exception {
        Map<String, ?> features = json(stasis.run("features"));
        assertEquals("1.0.0", features.get("ociVersionMin"));
        assertEquals(
                List.of(
                        "prestart",
                        "createRuntime",
                        "createContainer",
                        "startContainer",
                        "poststart",
                        "poststop"),
                features.get("hooks"));
        assertTrue(((List<?>) features.get("mountOptions")).contains("tmpcopyup"));
        assertEquals(false, map(map(features.get("linux")).get("seccomp")).get("enabled"));
    }

    @Test
    void descriptorsAreHandedOn() throws Exception {
        Path in = Files.writeString(stasis.folder().resolve("in"), "three\n");
        Path out = stasis.folder().resolve("out");
        List<String> shell =
                List.of("sh", "-c", "exec 3<" + in + " 4>" + out + "; exec \"$@\"", "sh");
        Path bundle = stasis.bundle("/bin/sh", "-c", "cat <&3 >&4; ls /proc/self/fd | wc -l");
        Program run =
                stasis.start(
                        shell,
                        stasis.folder(),
                        "run",
                        "--preserve-fds",
                        "2",
                        "--bundle",
                        bundle.toString(),
                        "a");
        run.endInput();
        assertEquals(0, run.exitCode(), run::errors);
        assertEquals("three\n", Files.readString(out));
        assertEquals("6\n", run.output()); // 0 to 4, and ls's own
    }

    @Test
    void aKeptRunIsStoppedAndCanBeDeleted() throws Exception {
        Path bundle = stasis.bundle("/bin/sh", "-c", "exit 4");
        Program run = stasis.run("run", "--keep", "--bundle", bundle.toString(), "a");
        assertEquals(4, run.exitCode());
        assertEquals("stopped", stasis.status("a"));
        assertEquals(0L, stasis.pid("a"));
        stasis.good("delete", "a");
        assertEquals("", stasis.listed());
    }

    @Test
    void execTakesAProcessAsConfigJsonHasIt() throws Exception {
        detached(stasis.bundle(WAITS));
        Map<String, Object> process =
                new Bundle("/bin/sh", "-c", "id -u; pwd; echo $WORD; exit 3").process();
        process.put("user", Map.of("uid", 12L, "gid", 13L));
        process.put("cwd", "/usr");
        process.put("env", List.of("WORD=x", "PATH=/usr/bin"));
        Path file = stasis.folder().resolve("process");
        Files.writeString(file, Json.text(process));
        Program exec = stasis.run("exec", "--process", file.toString(), "a");
        assertEquals("12\n/usr\nx\n", exec.output(), exec::errors);
        assertEquals(3, exec.exitCode());
        Program none = stasis.run("exec", "--process", "/no/such/file", "a");
        assertEquals(1, none.exitCode());
        CommandLineTest.assertOneLine("no such file", none);
    }

    @Test
    void anExecSessionLeavesNoProcessBehind() throws Exception {
        detached(stasis.bundle(WAITS));
        assertEquals(0, stasis.run("exec", "a", "/bin/true").exitCode());
        assertEquals("[1]\n", stasis.run("ps", "--format", "json", "a").output());
    }

    @Test
    void execHasATerminalOfItsOwn() throws Exception {
        detached(stasis.bundle(WAITS));
        try (ConsoleSocket console = new ConsoleSocket(stasis.folder().resolve("console"))) {
            Program exec =
                    stasis.start(
                            "exec",
                            "--tty",
                            "--console-socket",
                            console.path().toString(),
                            "a",
                            "/bin/sh",
                            "-c",
                            "echo ready; read -r x; echo \"<$x>\"; exit 3");
            try (Pty terminal = console.accept()) {
                terminal.await("ready\r\n");
                terminal.type("word\r");
                terminal.await("word\r\n<word>\r\n");
                assertEquals(3, exec.exitCode(), exec::errors);
            }
        }
    }

    @Test
    void aRestoredContainerGoesOnAtANewTerminal() throws Exception {
        String script = "echo ready; read -r x; echo \"<$x>\"; stty size; exit 3";
        Path bundle = new Bundle("/bin/sh", "-c", script).terminal().writeTo(stasis.folder());
        String image = stasis.folder().resolve("image").toString();
        try (ConsoleSocket console = new ConsoleSocket(stasis.folder().resolve("console"))) {
            Program first =
                    stasis.start(
                            "run",
                            "--bundle",
                            bundle.toString(),
                            "--console-socket",
                            console.path().toString(),
                            "a");
            try (Pty terminal = console.accept()) {
                terminal.await("ready\r\n");
                terminal.type("wo");
                terminal.await("ready\r\nwo");
                stasis.good("checkpoint", "--image-path", image, "a");
                assertEquals(137, first.exitCode());
            }
            Program second =
                    stasis.start(
                            "restore",
                            "--image-path",
                            image,
                            "--bundle",
                            bundle.toString(),
                            "--console-socket",
                            console.path().toString(),
                            "b");
            try (Pty terminal = console.accept()) {
                terminal.setSize(33, 99);
                terminal.type("rd\r");
                terminal.await("rd\r\n<word>\r\n");
                terminal.await("33 99\r\n");
                assertEquals(3, second.exitCode(), second::errors);
            }
        }
    }

    // ---- what the host has

    @Test
    void theHostIsDescribed() throws Exception {
        Program compat = stasis.run("compat", "--host");
        assertEquals(0, compat.exitCode(), compat::errors);
        assertTrue(compat.output().contains("used if none is named"), compat::output);
        assertTrue(compat.output().contains("Linux "), compat::output);
        assertEquals("", compat.errors());
    }

    // ---- cgroups

    private static final Path MEMORY_V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path UNIFIED = Path.of("/sys/fs/cgroup");

    /** The file with a memory limit, below where cgroups are mounted. */
    private static Path memoryLimit(String cgroup) {
        return Files.isDirectory(MEMORY_V1)
                ? MEMORY_V1.resolve(cgroup + "/memory.limit_in_bytes")
                : UNIFIED.resolve(cgroup + "/memory.max");
    }

    @Test
    void aSandboxIsInTheCgroupThatIsWanted() throws Exception {
        Path top = Files.isDirectory(MEMORY_V1) ? MEMORY_V1 : UNIFIED;
        assumeTrue(Files.isWritable(top), "no cgroup can be made here");
        String name = "stasis-test-" + ProcessHandle.current().pid();
        Bundle bundle =
                new Bundle(WAITS)
                        .linux("cgroupsPath", "/" + name)
                        .linux("resources", Map.of("memory", Map.of("limit", 100L << 20)));
        detached(bundle.writeTo(stasis.folder()));
        Path limit = memoryLimit(name);
        assertEquals((100L << 20) + (256L << 20) + "\n", Files.readString(limit));
        List<String> members = Files.readAllLines(limit.resolveSibling("cgroup.procs"));
        assertTrue(members.contains(Long.toString(stasis.pid("a"))), members::toString);
        assertTrue(members.size() >= 3, members::toString); // sentry, gofer and stubs

        stasis.good("update", "--memory", Long.toString(200L << 20), "a");
        assertEquals((200L << 20) + (256L << 20) + "\n", Files.readString(limit));
        Path resources = stasis.folder().resolve("resources");
        Files.writeString(resources, "{\"memory\": {\"limit\": " + (150L << 20) + "}}");
        stasis.good("update", "--resources", resources.toString(), "a");
        assertEquals((150L << 20) + (256L << 20) + "\n", Files.readString(limit));

        stasis.good("delete", "--force", "a");
        assertFalse(Files.exists(limit.getParent()), "the cgroup is still there");
    }

    @Test
    void withoutACgroupThereAreNoLimitsToChange() throws Exception {
        detached(stasis.bundle(WAITS));
        Program update = stasis.run("update", "--memory", "100000000", "a");
        assertEquals(1, update.exitCode());
        CommandLineTest.assertOneLine("no cgroup", update);
    }
}
