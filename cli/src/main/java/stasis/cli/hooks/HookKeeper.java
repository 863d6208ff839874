package stasis.cli.hooks;

import org.jspecify.annotations.Nullable;

import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.cli.oci.Hooks;
import stasis.cli.oci.SpecException;
import stasis.host.HostException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs hooks for a sandbox, which has namespaces of its own and soon no rights: a process beside
 * it, started by the gofer, that does what the sandbox says as long as their connection lasts.
 *
 * <pre>
 *   keeper                       sandbox
 *   {op: hooks}             ──►
 *                           ◄──  {phase, hooks, state}
 *   {ok} or {error}         ──►                          and so on
 * </pre>
 */
public final class HookKeeper {
    /** Not among the commands that help lists. */
    public static final String COMMAND = "hook-keeper";

    private HookKeeper() {}

    /**
     * @param socket where the sandbox listens
     */
    public static void keep(Path socket) throws Failure {
        try (Connection sandbox = Connection.open(socket)) {
            sandbox.send(Connection.message("op", "hooks"));
            Map<String, @Nullable Object> order;
            while ((order = sandbox.receive()) != null) sandbox.send(carryOut(order));
        } catch (HostException | IOException e) {
            return; // the sandbox is gone, or talks nonsense: nothing is left to do
        }
    }

    private static Map<String, @Nullable Object> carryOut(Map<String, @Nullable Object> order) {
        try {
            if (!(order.get("hooks") instanceof Map<?, ?> raw)
                    || !(order.get("state") instanceof Map<?, ?> given)) {
                return Connection.message("error", "an order without hooks or state");
            }
            Hooks hooks = Hooks.of(raw);
            Hooks.Phase phase = Hooks.Phase.valueOf(String.valueOf(order.get("phase")));
            Map<String, @Nullable Object> state = Connection.message("id", "");
            given.forEach((k, v) -> state.put(String.valueOf(k), v));
            if (phase != Hooks.Phase.POSTSTART && phase != Hooks.Phase.POSTSTOP) {
                HookRunner.all(hooks, phase, state);
                return Connection.message("ok", true);
            }
            List<String> failed = HookRunner.each(hooks, phase, state);
            return Connection.message("ok", true, "failed", failed);
        } catch (Failure | SpecException | IllegalArgumentException e) {
            return Connection.message("error", e.getMessage());
        }
    }
}
