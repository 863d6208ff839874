package stasis.snapshots;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The C programs of {@code src/guest}: compiled once per build, run natively for comparison. */
final class GuestPrograms {
    static final Path SOURCES = Path.of("src/guest");
    static final Path TARGET = Path.of("target/guest");

    private GuestPrograms() {}

    /** Names without ending, sorted. */
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> n.endsWith(".c"))
                    .map(n -> n.substring(0, n.length() - 2))
                    .sorted()
                    .toList();
        }
    }

    /** The static program, compiled if it is older than its source. */
    static synchronized Path compiled(String name) throws Exception {
        Path source = SOURCES.resolve(name + ".c");
        Path program = TARGET.resolve(name);
        Files.createDirectories(TARGET);
        if (Files.exists(program) && newer(program, source) && newerThanHeaders(program)) {
            return program;
        }
        Outcome gcc =
                run(
                        List.of(
                                "gcc",
                                "-O1",
                                "-g",
                                "-static",
                                "-pthread",
                                "-Wall",
                                "-Werror",
                                "-D_GNU_SOURCE",
                                "-o",
                                program.toString(),
                                source.toString()));
        if (gcc.exitCode != 0) throw new AssertionError("gcc: " + gcc.output);
        return program;
    }

    private static boolean newerThanHeaders(Path program) throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path p : files.filter(f -> f.toString().endsWith(".h")).toList()) {
                if (!newer(program, p)) return false;
            }
            return true;
        }
    }

    private static boolean newer(Path a, Path b) throws IOException {
        return Files.getLastModifiedTime(a).compareTo(Files.getLastModifiedTime(b)) > 0;
    }

    record Outcome(int exitCode, String output) {}

    /** What the program does on this machine's own kernel, sockets in a network of their own. */
    static Outcome runNatively(String name) throws Exception {
        String program = compiled(name).toAbsolutePath().toString();
        String source = Files.readString(SOURCES.resolve(name + ".c"));
        if (!source.contains("#include \"inet.h\"")) return run(List.of(program));
        List<String> command = new ArrayList<>(List.of("unshare", "--net"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("sh", "-c", "ip link set lo up && exec \"$0\"", program));
        return run(command);
    }

    static Outcome run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process =
                builder.redirectErrorStream(true)
                        .redirectInput(new java.io.File("/dev/null"))
                        .start();
        byte[] output = process.getInputStream().readAllBytes();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end");
        }
        return new Outcome(process.exitValue(), new String(output, StandardCharsets.UTF_8));
    }
}
