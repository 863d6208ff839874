package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;
import stasis.cli.pool.Keeper;
import stasis.cli.pool.KeeperProcess;

/** Started by {@code pool create}, not by people. */
final class PoolKeeperCommand extends Command {
    static final String NAME = Keeper.COMMAND;

    PoolKeeperCommand() {
        super("keeps a pool");
    }

    @Override
    protected void define(CommandSpec spec) {
        positional(spec, "POOL", "1", "its name");
        PoolOptions.define(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        KeeperProcess.leaveSession();
        return Keeper.keep(
                a.root(),
                a.id(),
                PoolOptions.template(a),
                PoolOptions.size(a, null),
                PoolOptions.keepFree(a),
                KeeperProcess::tellParent,
                a.log());
    }
}
