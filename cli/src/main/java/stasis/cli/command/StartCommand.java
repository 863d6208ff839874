package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.cli.hooks.HookRunner;
import stasis.cli.oci.Hooks;
import stasis.cli.oci.SpecException;
import stasis.cli.state.ContainerDirectory;

import java.io.IOException;
import java.util.Map;

final class StartCommand extends Command {
    StartCommand() {
        super("starts the program of a created container");
    }

    @Override
    protected void define(CommandSpec spec) {
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        ContainerDirectory container = a.container();
        try (Connection sandbox = AskCommand.connect(container, "start")) {
            sandbox.ask("start");
        }
        hooks(a, saved(container), Hooks.Phase.POSTSTART, "running");
        return 0;
    }

    static Map<String, @Nullable Object> saved(ContainerDirectory container) throws Failure {
        try {
            return container.readState();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + container.path() + ": " + e, e);
        }
    }

    /** runtime.md: what fails here is a warning, and the container's life goes on. */
    static void hooks(
            Arguments a, Map<String, @Nullable Object> saved, Hooks.Phase phase, String status)
            throws Failure {
        if (!(saved.get("hooks") instanceof Map<?, ?> raw)) return;
        try {
            var state = HookRunner.state(saved, status);
            for (String line : HookRunner.each(Hooks.of(raw), phase, state)) a.log().warn(line);
        } catch (SpecException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }
}
