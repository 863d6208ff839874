package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;

final class CreateCommand extends Command {
    CreateCommand() {
        super("makes a container; \"start\" starts its program");
    }

    @Override
    protected void define(CommandSpec spec) {
        LaunchOptions.define(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        return LaunchOptions.launch(a, null, false, true, true);
    }
}
