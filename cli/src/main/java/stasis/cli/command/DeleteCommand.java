package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.oci.Hooks;
import stasis.cli.state.ContainerDirectory;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

final class DeleteCommand extends Command {
    private static final long PATIENCE_SECONDS = 10;

    DeleteCommand() {
        super("removes what is left of a container");
    }

    @Override
    protected void define(CommandSpec spec) {
        flag(spec, "--force", "ends it first if it lives; it need not exist", "-f");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        boolean force = a.flag("--force");
        ContainerDirectory container;
        try {
            container = a.container();
        } catch (Failure e) {
            if (force) return 0;
            throw e;
        }
        try {
            String status = container.status();
            if (!status.equals("stopped")) {
                if (!force && !status.equals("created")) {
                    throw new Failure(
                            ExitCode.FAILED,
                            "cannot delete container "
                                    + container.id()
                                    + " that is not stopped: "
                                    + status);
                }
                end(container);
            }
            Map<String, @Nullable Object> saved = StartCommand.saved(container);
            container.delete();
            StartCommand.hooks(a, saved, Hooks.Phase.POSTSTOP, "stopped");
            return 0;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot delete " + container.path() + ": " + e, e);
        }
    }

    /** The sandbox is the first process of a pid namespace: nothing of it is left without it. */
    static void end(ContainerDirectory container) throws Failure, IOException {
        if (!(container.readState().get("pid") instanceof Long pid)) return;
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty() || !container.isAlive()) return;
        process.get().destroyForcibly();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (container.isAlive()) {
            if (System.nanoTime() > until) {
                throw new Failure(ExitCode.FAILED, "process " + pid + " does not end");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
