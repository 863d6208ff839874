package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;

final class RunCommand extends Command {
    RunCommand() {
        super("makes a container, starts its program and waits for it");
    }

    @Override
    protected void define(CommandSpec spec) {
        LaunchOptions.define(spec);
        flag(spec, "--detach", "returns when the program has been started", "-d");
        flag(spec, "--keep", "leaves the stopped container, for delete");
    }

    @Override
    public int run(Arguments a) throws Failure {
        return LaunchOptions.launch(a, null, true, a.flag("--detach"), a.flag("--keep"));
    }
}
