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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hooks of config.json, by {@code runtime.md} of the OCI runtime specification. */
class HooksTest {
    private CommandLine stasis;
    private Path told;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
        told = stasis.folder().resolve("told");
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    /** A hook that notes its name and the state that it was given. */
    private Map<String, Object> notes(String name) {
        return shell(
                "printf '%s ' " + name + " >> " + told + "; cat >> " + told + "; echo >> " + told);
    }

    private static Map<String, Object> shell(String script) {
        return Map.of("path", "/bin/sh", "args", List.of("sh", "-c", script));
    }

    private Map<String, Object> allOutside() {
        Map<String, Object> hooks = new LinkedHashMap<>();
        for (String name :
                List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop")) {
            hooks.put(name, List.of(notes(name)));
        }
        return hooks;
    }

    /** What was noted: name and status of each. */
    private List<String> noted() throws Exception {
        List<String> all = new ArrayList<>();
        if (!Files.exists(told)) return all;
        for (String line : Files.readAllLines(told)) {
            String[] parts = line.split(" ", 2);
            Map<String, ?> state = Json.object(parts[1].getBytes(StandardCharsets.UTF_8));
            assertEquals("a", state.get("id"));
            assertEquals(Map.of("key", "value"), state.get("annotations"));
            assertEquals(!parts[0].equals("poststop"), state.get("pid") instanceof Long, line);
            all.add(parts[0] + " " + state.get("status"));
        }
        return all;
    }

    private String bundle(Map<String, Object> hooks, String script) throws Exception {
        Bundle bundle = new Bundle("/bin/sh", "-c", script).hooks(hooks);
        return bundle.annotation("key", "value").writeTo(stasis.folder()).toString();
    }

    @Test
    void aRunCallsAllHooksInTheirOrder() throws Exception {
        Program run = stasis.run("run", "--bundle", bundle(allOutside(), "echo in; exit 3"), "a");
        assertEquals("in\n", run.output());
        assertEquals(3, run.exitCode(), run::errors);
        assertEquals(
                List.of(
                        "prestart creating",
                        "createRuntime creating",
                        "createContainer creating",
                        "poststart running",
                        "poststop stopped"),
                noted());
    }

    @Test
    void aCreatedContainerCallsThemStepByStep() throws Exception {
        String bundle = bundle(allOutside(), "echo up; sleep 600");
        Program created = stasis.startDetached("create", "--bundle", bundle, "a");
        assertEquals(3, noted().size(), created::errors);
        stasis.good("start", "a");
        assertEquals("poststart running", noted().get(3));
        stasis.good("kill", "a", "KILL");
        stasis.good("delete", "--force", "a");
        assertEquals("poststop stopped", noted().get(4));
        assertEquals(5, noted().size());
    }

    /** Like runc: the container has been started already, and long ago. */
    @Test
    void aRestoreCallsThoseThatMakeAContainer() throws Exception {
        String bundle = bundle(allOutside(), "echo up; read -r x; exit 5");
        String image = stasis.folder().resolve("image").toString();
        Program run = stasis.start("run", "--bundle", bundle, "a");
        run.awaitOutput("up\n"::equals);
        stasis.good("checkpoint", "--image-path", image, "a");
        assertEquals(137, run.exitCode());
        Files.delete(told);
        Program restored = stasis.start("restore", "--bundle", bundle, "--image-path", image, "a");
        restored.input("go\n");
        assertEquals(5, restored.exitCode(), restored::errors);
        assertEquals(
                List.of(
                        "prestart creating",
                        "createRuntime creating",
                        "createContainer creating",
                        "poststop stopped"),
                noted());
    }

    @Test
    void aFailingCreateHookIsTheEndOfTheContainer() throws Exception {
        Map<String, Object> hooks = allOutside();
        hooks.put("createRuntime", List.of(shell("echo broken >&2; exit 4")));
        Program run = stasis.run("run", "--bundle", bundle(hooks, "echo in"), "a");
        assertEquals("", run.output());
        assertEquals(1, run.exitCode());
        CommandLineTest.assertOneLine(
                "createRuntime hook /bin/sh failed with exit code 4: broken", run);
        assertEquals(List.of("prestart creating", "poststop stopped"), noted());
        assertEquals("", stasis.listed());
    }

    @Test
    void aHookThatTakesTooLongIsEnded() throws Exception {
        Map<String, Object> slow = new LinkedHashMap<>(shell("exec sleep 600"));
        slow.put("timeout", 1L);
        String bundle = bundle(Map.of("prestart", List.of(slow)), "echo in");
        Program run = stasis.run("run", "--bundle", bundle, "a");
        assertEquals(1, run.exitCode());
        CommandLineTest.assertOneLine("has not ended in 1 s", run);
    }

    @Test
    void aFailingHookAfterTheStartIsAWarning() throws Exception {
        Path log = stasis.folder().resolve("log");
        Map<String, Object> hooks =
                Map.of("poststart", List.of(shell("exit 1"), notes("poststart")));
        Program run =
                stasis.run(
                        "--log", log.toString(), "run", "--bundle", bundle(hooks, "exit 0"), "a");
        assertEquals(0, run.exitCode(), run::errors);
        assertEquals(List.of("poststart running"), noted());
        assertTrue(Files.readString(log).contains("poststart hook /bin/sh failed"));
    }

    @Test
    void startContainerHooksRunInside() throws Exception {
        Map<String, Object> hook =
                new LinkedHashMap<>(shell("cat > /tmp/state; test \"$WORD\" = x && test -d /tmp"));
        hook.put("env", List.of("WORD=x"));
        String bundle = bundle(Map.of("startContainer", List.of(hook)), "cat /tmp/state");
        Program run = stasis.run("run", "--bundle", bundle, "a");
        assertEquals(0, run.exitCode(), run::errors);
        Map<String, ?> state = Json.object(run.output().getBytes(StandardCharsets.UTF_8));
        assertEquals("created", state.get("status"));
    }

    @Test
    void aFailingStartContainerHookStopsTheContainer() throws Exception {
        Map<String, Object> hooks = allOutside();
        hooks.put("startContainer", List.of(shell("exit 9")));
        String bundle = bundle(hooks, "echo in");
        stasis.startDetached("create", "--bundle", bundle, "a");
        Program start = stasis.run("start", "a");
        assertTrue(start.exitCode() != 0);
        CommandLineTest.assertOneLine("startContainer hook /bin/sh failed with exit code 9", start);
        stasis.good("delete", "--force", "a");
        assertEquals("poststop stopped", noted().getLast());
        assertEquals(4, noted().size());
    }
}
