package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.cgroup.Cgroup;
import stasis.cli.oci.Resources;
import stasis.cli.oci.SpecException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Changes the limits of a sandbox's cgroup; those that are not named stay as they are. */
final class UpdateCommand extends Command {
    UpdateCommand() {
        super("changes the resource limits of a container");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--resources", "file with linux.resources of a config.json, - for stdin", "-r");
        value(spec, "--memory", "bytes; -1 for no limit");
        value(spec, "--memory-reservation", "bytes");
        value(spec, "--memory-swap", "memory and swap together, in bytes");
        value(spec, "--cpu-share", "relative weight, 1024 is usual");
        value(spec, "--cpu-quota", "microseconds in each period; -1 for no limit");
        value(spec, "--cpu-period", "microseconds");
        value(spec, "--cpuset-cpus", "processors, as 0-2,7");
        value(spec, "--cpuset-mems", "memory nodes");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        Resources wanted = a.value("--resources") == null ? given(a) : read(a);
        Cgroup cgroup = Cgroup.known(StartCommand.saved(a.container()).get("cgroups"));
        for (String name : wanted.ignored()) a.log().warn("update: " + name + " is not enforced");
        if (wanted.isEmpty()) return 0;
        if (cgroup == null) {
            throw new Failure(
                    ExitCode.FAILED,
                    "container \"" + a.id() + "\" has no cgroup whose limits could change");
        }
        try {
            cgroup.limit(wanted);
            return 0;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private static Resources given(Arguments a) throws Failure {
        return new Resources(
                number(a, "--memory"),
                number(a, "--memory-reservation"),
                number(a, "--memory-swap"),
                number(a, "--cpu-share"),
                number(a, "--cpu-quota"),
                number(a, "--cpu-period"),
                a.value("--cpuset-cpus", ""),
                a.value("--cpuset-mems", ""),
                List.of());
    }

    private static long number(Arguments a, String name) throws Failure {
        String value = a.value(name);
        if (value == null) return Resources.NONE;
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, name + " needs a number, not " + value, e);
        }
    }

    private static Resources read(Arguments a) throws Failure {
        String file = a.value("--resources", "-");
        try {
            byte[] text =
                    file.equals("-")
                            ? System.in.readAllBytes()
                            : Files.readAllBytes(Path.of(file).toAbsolutePath());
            return Resources.of(Json.object(text));
        } catch (java.nio.file.NoSuchFileException e) {
            throw new Failure(ExitCode.FAILED, file + ": no such file or directory", e);
        } catch (IOException | SpecException e) {
            throw new Failure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
        }
    }
}
