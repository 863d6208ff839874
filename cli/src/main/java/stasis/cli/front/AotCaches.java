package stasis.cli.front;

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
 * file; the command line by running one more program in that sandbox. Without caches everything
 * works, more slowly; so failing to make them is only told.
 */
final class AotCaches {
    static final String TRAINING = "-Dstasis.training=true";

    private static final long LOOK_EVERY_NANOS = 5_000_000;
    private static final List<String> KINDS = List.of("cli", "sentry", "gofer");

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
        Path front = home.resolve("front-training");
        try {
            // An earlier cache would be used, and a JVM that uses one cannot write one.
            for (String kind : KINDS) Files.deleteIfExists(cache(home, kind));
            MakeRuntime.executable(front, new FrontProgram(runtime, false, true).elf());
            String root = state.toString();
            Process sandbox = start(List.of(front.toString(), "--root", root, "do", "/bin/cat"));
            List<String> cli = new ArrayList<>(runtime.command(main, "cli", true));
            cli.addAll(List.of("--root", root));
            cli.addAll(List.of("exec", "--cwd", "/", running(state, sandbox), "/bin/true"));
            return end(start(cli), "exec") + end(sandbox, "do");
        } finally {
            Files.deleteIfExists(front);
            remove(state);
        }
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
