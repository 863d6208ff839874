package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Copies the program; what is made for a place (programs of bytes, AOT caches) is made anew there.
 */
final class InstallCommand extends Command {
    InstallCommand() {
        super("copies Stasis to PREFIX/bin/stasis and PREFIX/lib/stasis");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--prefix", "where to; /usr/local if not given");
    }

    @Override
    public int run(Arguments a) throws Failure {
        Path prefix = Path.of(a.value("--prefix", "/usr/local")).toAbsolutePath().normalize();
        Path home = Path.of(String.valueOf(System.getProperty("stasis.home")));
        Path target = prefix.resolve("lib/stasis");
        try {
            Files.createDirectories(target.resolve("lib"));
            Files.createDirectories(prefix.resolve("bin"));
            try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
                for (Path jar : (Iterable<Path>) jars::iterator) {
                    copy(jar, target.resolve("lib").resolve(jar.getFileName()));
                }
            }
            copy(Path.of(System.getenv("STASIS_SCRIPT")), prefix.resolve("bin/stasis"));
            Path script = prefix.resolve("bin/stasis");
            Process made =
                    new ProcessBuilder(script.toString(), "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            if (made.waitFor() != 0) throw new IOException(script + " does not start");
            System.out.println("installed " + script);
            return 0;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot install: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new Failure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(
                from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }
}
