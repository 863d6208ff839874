package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Poll;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.control.Connection;
import stasis.cli.control.ControlServer;
import stasis.cli.front.SandboxFds;
import stasis.cli.hooks.HookRunner;
import stasis.cli.oci.Hooks;
import stasis.host.HostException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The sandbox's end of the conversation with its hook keeper. A keeper stays as long as this
 * sandbox has something for it: later hooks are run by {@code start} and {@code delete}.
 */
final class OutsideHooks {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final List<Hooks.Phase> AT_CREATION =
            List.of(Hooks.Phase.PRESTART, Hooks.Phase.CREATE_RUNTIME, Hooks.Phase.CREATE_CONTAINER);

    private final Launch launch;
    private final Hooks hooks;
    private final Map<String, @Nullable Object> saved;
    private final Connection keeper;
    private boolean closed;

    private OutsideHooks(Launch launch, Map<String, @Nullable Object> saved, Connection keeper) {
        this.launch = launch;
        this.hooks = launch.spec().hooks();
        this.saved = saved;
        this.keeper = keeper;
    }

    /**
     * Runs what comes before a container is there. Before the gofer opens anything: hooks may
     * prepare the root.
     *
     * @param saved the container's state
     * @return null if there are no hooks
     */
    static @Nullable OutsideHooks create(
            Launch launch, Map<String, @Nullable Object> saved, ControlServer control, Path socket)
            throws Failure, HostException, IOException {
        if (!launch.spec().hooks().anyOutside()) return null;
        GoferLink.send(SandboxFds.GOFER, GoferMain.KEEPER + socket);
        OutsideHooks made = new OutsideHooks(launch, saved, awaitKeeper(control));
        made.create();
        return made;
    }

    private static Connection awaitKeeper(ControlServer control)
            throws Failure, HostException, IOException {
        while (control.pending(Poll.POLLIN, PATIENCE_MILLIS)) {
            Connection connection = control.accept();
            Map<String, @Nullable Object> request = connection.receive();
            if (request == null) continue;
            if ("hooks".equals(request.get("op"))) return connection;
            connection.send(Connection.message("error", "the container is being made"));
            connection.close();
        }
        throw new Failure(ExitCode.SANDBOX, "hooks: the process that is to run them is missing");
    }

    private void create() throws Failure {
        try {
            for (Hooks.Phase phase : AT_CREATION) ask(phase, "creating");
        } catch (Failure e) {
            abandoned();
            throw e;
        }
    }

    /** The container could not be made, or not started. */
    void abandoned() throws Failure {
        ask(Hooks.Phase.POSTSTOP, "stopped");
        close();
    }

    /** Hooks that failed without consequences. */
    private List<?> ask(Hooks.Phase phase, String status) throws Failure {
        if (closed || hooks.at(phase).isEmpty()) return List.of();
        Map<String, @Nullable Object> reply =
                keeper.ask(
                        Connection.message(
                                "phase",
                                phase.name(),
                                "hooks",
                                hooks.raw(),
                                "state",
                                HookRunner.state(saved, status)));
        return reply.get("failed") instanceof List<?> failed ? failed : List.of();
    }

    /** The sandbox is ready. Like runc, which does not run poststart hooks after a restore. */
    void started(Log log) throws Failure {
        boolean started = launch.image() == null && launch.start();
        if (started) warn(log, ask(Hooks.Phase.POSTSTART, "running"));
        if (!launch.forget()) close();
    }

    void ended(Log log) throws Failure {
        if (launch.forget()) warn(log, ask(Hooks.Phase.POSTSTOP, "stopped"));
        close();
    }

    private static void warn(Log log, List<?> failed) {
        for (Object line : failed) log.warn(String.valueOf(line));
    }

    private void close() {
        if (!closed) keeper.close();
        closed = true;
    }
}
