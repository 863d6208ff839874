package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.oci.SpecTemplate;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program of this host counts in a sandbox, is saved in mid-run, its sandbox is killed, and it
 * goes on counting in another one. Only the commands that anyone can use are used.
 */
final class DemoCommand extends Command {
    private static final int BEFORE = 5;
    private static final int AFTER = 5;
    private static final String PROGRAM =
            "i=1; while [ $i -le 1000 ]; do echo \"$i\"; i=$((i + 1)); sleep 0.2; done";

    DemoCommand() {
        super("shows a program stopped, saved, and going on in another sandbox");
    }

    @Override
    protected void define(CommandSpec spec) {}

    @Override
    public int run(Arguments a) throws Failure {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("stasis-demo");
            return show(folder);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "the demo failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new Failure(ExitCode.FAILED, "interrupted", e);
        } finally {
            if (folder != null) remove(folder);
        }
    }

    private static int show(Path folder) throws IOException, InterruptedException, Failure {
        String id = "demo-" + ProcessHandle.current().pid();
        Path image = folder.resolve("image");
        List<String> args = List.of("/bin/sh", "-c", PROGRAM);
        Files.writeString(folder.resolve("config.json"), Json.pretty(SpecTemplate.hostJson(args)));

        System.out.println("/bin/sh of this host counts in a sandbox, over a read-only root:");
        long start = System.nanoTime();
        Process first = start("run", "--bundle", folder.toString(), id + "-1");
        int last;
        try (BufferedReader out = first.inputReader(StandardCharsets.UTF_8)) {
            last = count(out, 0, 1, start, "first output after");
            last = count(out, last, BEFORE - 1, 0, "");
            start = System.nanoTime();
            command("checkpoint", "--image-path", image.toString(), "--leave-running", id + "-1");
            say("saved in", start, "; the image has " + size(image) / 1024 + " KiB");
            command("delete", "--force", id + "-1");
            first.waitFor();
            for (String line; (line = out.readLine()) != null; ) {
                System.out.println("    " + line);
                last = Integer.parseInt(line);
            }
            System.out.println("the sandbox is killed, its process is gone");
        }
        start = System.nanoTime();
        Process second =
                start(
                        "restore",
                        "--bundle",
                        folder.toString(),
                        "--image-path",
                        image.toString(),
                        id + "-2");
        try (BufferedReader out = second.inputReader(StandardCharsets.UTF_8)) {
            int next = count(out, last, 1, start, "restored in a new process, first output after");
            count(out, next, AFTER - 1, 0, "");
        }
        command("delete", "--force", id + "-2");
        second.waitFor();
        System.out.println("the program went on where it was saved");
        return 0;
    }

    /** Prints {@code lines} numbers, which follow {@code last}; the last of them. */
    private static int count(BufferedReader out, int last, int lines, long since, String what)
            throws IOException, Failure {
        int number = last;
        for (int i = 0; i < lines; i++) {
            String line = out.readLine();
            if (line == null) throw new IOException("the program has ended");
            if (i == 0 && since != 0) say(what, since, "");
            System.out.println("    " + line);
            int n = Integer.parseInt(line);
            if (n > number + 1 || n < 1) throw new Failure(ExitCode.FAILED, n + " after " + number);
            number = n;
        }
        return number;
    }

    private static void say(String what, long since, String more) {
        System.out.printf("%s %.0f ms%s%n", what, (System.nanoTime() - since) / 1e6, more);
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getenv("STASIS_SCRIPT")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("STASIS_NO_BUILD", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static void command(String... arguments)
            throws IOException, InterruptedException, Failure {
        int code = start(arguments).waitFor();
        if (code != 0) throw new Failure(ExitCode.FAILED, arguments[0] + " ended with " + code);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        } catch (IOException e) {
            System.err.println("stasis: cannot remove " + folder);
        }
    }
}
