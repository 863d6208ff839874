package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.cli.state.ContainerDirectory;

/** A command that is one request to the sandbox: pause, resume. */
final class AskCommand extends Command {
    private final String operation;

    AskCommand(String operation, String summary) {
        super(summary);
        this.operation = operation;
    }

    @Override
    protected void define(CommandSpec spec) {
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        try (Connection sandbox = connect(a.container(), operation)) {
            sandbox.ask(operation);
            return 0;
        }
    }

    /**
     * @param what for the message if the sandbox does not live
     */
    static Connection connect(ContainerDirectory container, String what) throws Failure {
        try {
            if (container.isAlive()) return Connection.open(container.socket());
        } catch (java.io.IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + container.path() + ": " + e, e);
        }
        throw new Failure(
                ExitCode.FAILED,
                "cannot "
                        + what
                        + " container \""
                        + container.id()
                        + "\": container not running"
                        + " (stopped)");
    }
}
