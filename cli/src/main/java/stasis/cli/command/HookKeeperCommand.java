package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;
import stasis.cli.hooks.HookKeeper;

import java.nio.file.Path;

/** Started by a gofer, not by people. */
final class HookKeeperCommand extends Command {
    HookKeeperCommand() {
        super("runs hooks for the sandbox that listens at a socket");
    }

    @Override
    protected void define(CommandSpec spec) {
        positional(spec, "SOCKET", "1", "of the sandbox");
    }

    @Override
    public int run(Arguments a) throws Failure {
        HookKeeper.keep(Path.of(a.positionals().getFirst()));
        return 0;
    }
}
