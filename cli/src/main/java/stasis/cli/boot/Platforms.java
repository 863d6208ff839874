package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds a platform by name. */
public final class Platforms {
    private static final String[] PREFERRED = {"systrap", "ptrace"};

    private Platforms() {}

    /**
     * @param name null for the first that works
     */
    static Platform open(@Nullable String name) throws Failure {
        TreeMap<String, PlatformProvider> all = all();
        PlatformProvider chosen = name == null ? best(all) : all.get(name);
        if (chosen == null) {
            throw new Failure(
                    ExitCode.SANDBOX, "no platform \"" + name + "\"; there are " + all.keySet());
        }
        String reason = chosen.unavailable();
        if (reason != null) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "platform " + chosen.name() + " does not work here: " + reason);
        }
        try {
            return chosen.open();
        } catch (PlatformException e) {
            throw new Failure(
                    ExitCode.SANDBOX, "platform " + chosen.name() + ": " + e.getMessage(), e);
        }
    }

    private static TreeMap<String, PlatformProvider> all() {
        TreeMap<String, PlatformProvider> all = new TreeMap<>();
        // The layer's services only: looking on the class path as well opens files.
        ServiceLoader.load(ModuleLayer.boot(), PlatformProvider.class)
                .forEach(p -> all.put(p.name(), p));
        return all;
    }

    /** By name; why it does not work here, or an empty text. */
    public static Map<String, String> unavailable() {
        Map<String, String> reasons = new TreeMap<>();
        all().forEach(
                        (name, provider) -> {
                            String reason = provider.unavailable();
                            reasons.put(name, reason == null ? "" : reason);
                        });
        return reasons;
    }

    /** The name of the one that is used if none is named. */
    public static String standard() {
        PlatformProvider best = best(all());
        return best == null ? "" : best.name();
    }

    private static @Nullable PlatformProvider best(TreeMap<String, PlatformProvider> all) {
        for (String name : PREFERRED) {
            PlatformProvider p = all.get(name);
            if (p != null && p.unavailable() == null) return p;
        }
        return all.get("ptrace");
    }
}
