package stasis.cli.oci;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What config.json wants run when.
 *
 * @param raw as it stands there, to be kept with the container's state
 */
public record Hooks(Map<Phase, List<Hook>> byPhase, Map<String, @Nullable Object> raw) {
    /** In the order in which they come. */
    public enum Phase {
        PRESTART("prestart"),
        CREATE_RUNTIME("createRuntime"),
        CREATE_CONTAINER("createContainer"),
        START_CONTAINER("startContainer"),
        POSTSTART("poststart"),
        POSTSTOP("poststop");

        private final String inJson;

        Phase(String inJson) {
            this.inJson = inJson;
        }

        public String inJson() {
            return inJson;
        }
    }

    /**
     * @param args the first one is the program's name for itself
     * @param timeoutSeconds 0 for none
     */
    public record Hook(String path, List<String> args, List<String> env, long timeoutSeconds) {}

    public static Hooks of(Map<?, ?> raw) throws SpecException {
        return of(new Node("hooks", raw));
    }

    static Hooks of(Node n) throws SpecException {
        Map<Phase, List<Hook>> byPhase = new LinkedHashMap<>();
        for (Phase phase : Phase.values()) {
            List<Hook> hooks = new ArrayList<>();
            for (Node h : n.objects(phase.inJson)) hooks.add(hook(h));
            if (!hooks.isEmpty()) byPhase.put(phase, hooks);
        }
        return new Hooks(byPhase, n.raw());
    }

    private static Hook hook(Node h) throws SpecException {
        String path = h.required("path");
        if (!path.startsWith("/")) throw new SpecException(h.at("path") + " is not absolute");
        long timeout = h.number("timeout", 0);
        if (h.has("timeout") && timeout <= 0) {
            throw new SpecException(h.at("timeout") + " is not above 0");
        }
        List<String> args = h.strings("args");
        return new Hook(path, args.isEmpty() ? List.of(path) : args, h.strings("env"), timeout);
    }

    public List<Hook> at(Phase phase) {
        return byPhase.getOrDefault(phase, List.of());
    }

    public boolean isEmpty() {
        return byPhase.isEmpty();
    }

    /** Whether somebody outside the sandbox has something to do before or after it. */
    public boolean anyOutside() {
        return byPhase.size() > (byPhase.containsKey(Phase.START_CONTAINER) ? 1 : 0);
    }
}
