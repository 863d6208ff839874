package stasis.cli.front;

import stasis.cli.Json;
import stasis.cli.oci.SpecTemplate;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Lets each kind of process run once and keeps what its JVM has learnt: one small cache each.
 * Sentry and gofer are trained by a run without namespaces, as a JVM that is locked in can write no
 * file; the command line by running one more program in that sandbox. It is saved, and a sentry
 * that restores is trained by its image. Without caches everything works, more slowly; so failing
 * to make them is only told.
 */
final class AotCaches {
    static final String TRAINING = "-Dstasis.training=true";

    private static final long LOOK_EVERY_NANOS = 5_000_000;
    private static final List<String> KINDS = List.of("cli", "sentry", "gofer", "restore");
    private static final String FRONT = "front-training";

    private AotCaches() {}

    static void make(Runtime runtime, Path home, String main) throws IOException {
        String wrong = train(runtime, home, main);
        List<String> missing = missing(home);
        if (wrong.isEmpty() && missing.isEmpty()) return;
        if (wrong.isEmpty()) wrong = "; none was written for " + String.join(", ", missing);
        System.err.println("stasis: starts are slower: no AOT caches" + wrong);
        for (String kind : KINDS) Files.deleteIfExists(cache(home, kind));
    }

    private static Path cache(Path home, String kind) {
        return home.resolve(kind + ".aot");
    }

    private static List<String> missing(Path home) {
        return KINDS.stream().filter(kind -> !Files.exists(cache(home, kind))).toList();
    }

    /** What went wrong, or an empty text. */
    private static String train(Runtime runtime, Path home, String main) throws IOException {
        Path state = Files.createTempDirectory("stasis-training");
        try {
            // An earlier cache would be used, and a JVM that uses one cannot write one.
            for (String kind : KINDS) Files.deleteIfExists(cache(home, kind));
            String wrong = trainStart(runtime, home, main, state);
            return wrong.isEmpty() ? trainRestore(runtime, home, main, state) : wrong;
        } finally {
            Files.deleteIfExists(home.resolve(FRONT));
            remove(state);
        }
    }

    private static String trainStart(Runtime runtime, Path home, String main, Path state)
            throws IOException {
        Process sandbox = front(runtime, home, Training.START, state, "do", "/bin/cat");
        String id = running(state, sandbox);
        List<String> cli = command(runtime, "cli", main, Training.START, state);
        cli.addAll(List.of("exec", "--cwd", "/", id, "/bin/true"));
        String wrong = end(start(cli), "exec");
        return wrong + checkpoint(runtime, main, state, id, "@image") + end(sandbox, "do");
    }

    private static String trainRestore(Runtime runtime, Path home, String main, Path state)
            throws IOException {
        Path bundle = Files.createDirectory(state.resolve("@bundle"));
        String config = Json.pretty(SpecTemplate.hostJson(List.of("/bin/cat")));
        Files.writeString(bundle.resolve("config.json"), config);
        String image = state.resolve("@image").toString();
        String[] restore = {"restore", "--bundle", bundle.toString(), "--image-path", image, "r"};
        Process sandbox = front(runtime, home, Training.RESTORE, state, restore);
        String id = running(state, sandbox);
        return checkpoint(runtime, main, state, id, "@another") + end(sandbox, "restore");
    }

    private static String checkpoint(
            Runtime runtime, String main, Path state, String id, String image) throws IOException {
        List<String> cli = command(runtime, "cli", main, Training.NONE, state);
        String path = state.resolve(image).toString();
        cli.addAll(List.of("checkpoint", "--leave-running", "--image-path", path, id));
        return end(start(cli), "checkpoint");
    }

    private static List<String> command(
            Runtime runtime, String kind, String main, Training training, Path state) {
        List<String> command = new ArrayList<>(runtime.command(main, kind, training));
        command.addAll(List.of("--root", state.toString()));
        return command;
    }

    private static Process front(
            Runtime runtime, Path home, Training training, Path state, String... arguments)
            throws IOException {
        String kind = training == Training.RESTORE ? "restore" : "sentry";
        byte[] program = new FrontProgram(runtime, kind, false, training).elf();
        MakeRuntime.executable(home.resolve(FRONT), program);
        List<String> command = new ArrayList<>();
        command.addAll(List.of(home.resolve(FRONT).toString(), "--root", state.toString()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /** The only container there is, once its program runs. */
    private static String running(Path state, Process sandbox) throws IOException {
        StateRoot root = new StateRoot(state);
        while (sandbox.isAlive()) {
            for (ContainerDirectory c : root.list()) {
                if (c.status().equals("running")) return c.id();
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return "none"; // what it says tells what went wrong
    }

    private static Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.remove("JAVA_TOOL_OPTIONS");
        return builder.start();
    }

    /** Nothing more to read; the front for training waits for all that it has started. */
    private static String end(Process process, String what) throws IOException {
        process.getOutputStream().close();
        byte[] bytes = process.getInputStream().readAllBytes();
        String said = new String(bytes, StandardCharsets.UTF_8);
        if (Boolean.getBoolean("stasis.verbose")) System.err.println(said);
        int code = process.onExit().join().exitValue();
        if (code == 0) return "";
        String first = said.lines().findFirst().orElse("");
        return "; " + what + " ended with " + code + ": " + first;
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path f :
                    (Iterable<Path>) files.sorted(java.util.Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(f);
            }
        }
    }
}
