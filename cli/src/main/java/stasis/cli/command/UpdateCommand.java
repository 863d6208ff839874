package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;

/** Clients call it after a start; a sandbox has no cgroup whose limits could change. */
final class UpdateCommand extends Command {
    UpdateCommand() {
        super("takes new resource limits, without effect");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--resources", "file with limits, - for stdin", "-r");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        a.container();
        a.log().warn("update: resource limits have no effect on a sandbox");
        return 0;
    }
}
