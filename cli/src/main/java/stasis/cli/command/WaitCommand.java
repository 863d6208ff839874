package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.control.Connection;

final class WaitCommand extends Command {
    WaitCommand() {
        super("waits until a container's program ends, and prints its exit status");
    }

    @Override
    protected void define(CommandSpec spec) {
        flag(
                spec,
                "--restore",
                "waits until the last page of a restore is there, and prints nothing");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        try (Connection sandbox = AskCommand.connect(a.container(), "wait for")) {
            if (a.flag("--restore")) {
                sandbox.ask("wait-restore");
                return 0;
            }
            sandbox.ask("wait");
            long code = sandbox.receiveExitCode();
            System.out.println(Json.text(Connection.message("id", a.id(), "exitStatus", code)));
            return 0;
        }
    }
}
