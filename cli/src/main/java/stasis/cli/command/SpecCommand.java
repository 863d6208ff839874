package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.oci.SpecTemplate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

final class SpecCommand extends Command {
    SpecCommand() {
        super("writes a config.json to begin with");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--bundle", "folder to write it into; the working directory", "-b");
        flag(spec, "--rootless", "taken without effect: a sandbox needs no id maps");
        positional(spec, "-- PROGRAM ARGUMENT", "0..*", "what is run; sh if not given");
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public int run(Arguments a) throws Failure {
        Path file = LaunchOptions.bundle(a).resolve("config.json");
        List<String> args = a.positionals().isEmpty() ? List.of("sh") : a.positionals();
        String text = Json.pretty(SpecTemplate.standard(args)) + "\n";
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return 0;
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw new Failure(ExitCode.FAILED, file + " exists; remove it first", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot write " + file + ": " + e, e);
        }
    }
}
