package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;
import stasis.cli.ExitCode;
import stasis.cli.Failure;

final class DemoCommand extends Command {
    DemoCommand() {
        super("shows a program stopped, saved, and going on in another process");
    }

    @Override
    protected void define(CommandSpec spec) {}

    @Override
    public int run(Arguments a) throws Failure {
        throw new Failure(ExitCode.FAILED, "not there yet");
    }
}
