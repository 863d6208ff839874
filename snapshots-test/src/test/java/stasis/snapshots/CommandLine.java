package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import stasis.cli.Json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * The command line of this build as a shell would use it, with containers of its own: {@code
 * --root} is a new folder, and what is in it is ended and removed at the end.
 */
final class CommandLine {
    /** {@code cli} is packaged before this module's tests run. */
    static final Path SCRIPT = Path.of("../cli/bin/stasis").toAbsolutePath().normalize();

    private final Path folder;
    private final Queue<Program> started = new ConcurrentLinkedQueue<>();

    /** The first command after a build makes caches, and says so. */
    private static final class Prepared {
        static final Prepared BY_FIRST_USE = new Prepared();

        Prepared() {
            GuestPrograms.Outcome version;
            try {
                version =
                        GuestPrograms.run(
                                List.of(
                                        "env",
                                        "STASIS_NO_BUILD=1",
                                        SCRIPT.toString(),
                                        "--version"));
            } catch (Exception e) {
                throw new AssertionError("there is no command line", e);
            }
            if (version.exitCode() != 0) {
                throw new AssertionError("cli is not packaged: " + version.output());
            }
        }
    }

    private final Prepared prepared = Prepared.BY_FIRST_USE;

    CommandLine() throws IOException {
        folder = Files.createTempDirectory("stasis-test");
    }

    /** For bundles and images; the containers' states are in {@code state}. */
    Path folder() {
        return folder;
    }

    // ---- commands

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(SCRIPT.toString());
        command.addAll(List.of("--root", folder.resolve("state").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    Program start(String... arguments) throws IOException {
        return start(List.of(), folder, arguments);
    }

    /**
     * @param prefix a command that runs the one that follows
     */
    Program start(List<String> prefix, Path workingDirectory, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(command(arguments));
        return start(command, workingDirectory);
    }

    Program start(List<String> command, Path workingDirectory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().put("STASIS_NO_BUILD", "1");
        builder.environment().put(Leftovers.MARK, folder.toString());
        Program program = new Program(builder.start());
        started.add(program);
        return program;
    }

    /**
     * A command that leaves a container behind, which goes on writing. Returns when the command has
     * ended; the result is a shell that keeps the output open.
     */
    Program startDetached(String... arguments) throws Exception {
        List<String> shell =
                List.of("sh", "-c", "\"$@\" </dev/null; echo \"exit $?\" >&2; read -r _", "sh");
        Program program = start(shell, folder, arguments);
        program.awaitErrors("exit 0\n"::equals);
        return program;
    }

    /** Runs it to its end without input. */
    Program run(String... arguments) throws Exception {
        Program program = start(arguments);
        program.endInput();
        program.exitCode();
        return program;
    }

    /** The same, of a command that works and says nothing. */
    void good(String... arguments) throws Exception {
        Program program = run(arguments);
        assertEquals("", program.errors(), () -> String.join(" ", arguments));
        assertEquals(0, program.exitCode(), () -> String.join(" ", arguments));
    }

    String listed() throws Exception {
        return run("list", "--quiet").output();
    }

    String status(String id) throws Exception {
        return String.valueOf(state(id).get("status"));
    }

    long pid(String id) throws Exception {
        return (Long) state(id).get("pid");
    }

    private Map<String, ?> state(String id) throws Exception {
        Program state = run("state", id);
        assertEquals(0, state.exitCode(), state::errors);
        return Json.object(state.output().getBytes(StandardCharsets.UTF_8));
    }

    // ---- bundles

    Path bundle(String... argv) throws IOException {
        return new Bundle(argv).writeTo(folder);
    }

    /**
     * An image of the bundle's program at the moment when it has said "ready", in {@code image}
     * below {@link #folder}. The container is still there, ended.
     */
    Path imageOf(Path bundle) throws Exception {
        Path image = folder.resolve("image");
        Program run = start("run", "--bundle", bundle.toString(), "origin");
        run.awaitOutput("ready\n"::equals);
        good("checkpoint", "--image-path", image.toString(), "origin");
        assertEquals(137, run.exitCode());
        return image;
    }

    // ---- the end

    /** Commands that are still running. */
    void killAll() {
        for (Program program : started) program.kill();
    }

    void close() throws Exception {
        try {
            for (String id : listed().lines().toList()) run("delete", "--force", id);
        } finally {
            killAll();
            remove(folder);
        }
    }

    static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
