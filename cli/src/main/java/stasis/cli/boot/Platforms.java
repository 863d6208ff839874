package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Finds a platform by name. */
public final class Platforms {
    /** The fastest first, as {@code snapshots-test/src/bench/platforms.sh} measures them. */
    private static final List<String> PREFERRED = List.of("systrap", "ptrace");

    private Platforms() {}

    /**
     * @param name null for the first that works
     * @param hostBase as {@link PlatformProvider#open(int)} has it
     * @param debug told why it is that one
     */
    static Platform open(@Nullable String name, int hostBase, Consumer<String> debug)
            throws Failure {
        TreeMap<String, PlatformProvider> all = all();
        if (name == null) return openBest(all, hostBase, debug);
        PlatformProvider chosen = all.get(name);
        if (chosen == null) {
            throw new Failure(
                    ExitCode.SANDBOX, "no platform \"" + name + "\"; there are " + all.keySet());
        }
        return open(chosen, hostBase);
    }

    /** The first that starts; opening it is the probe. */
    static Platform openBest(
            Map<String, PlatformProvider> all, int hostBase, Consumer<String> debug)
            throws Failure {
        Failure failure = new Failure(ExitCode.SANDBOX, "there is no platform");
        for (String name : PREFERRED) {
            PlatformProvider provider = all.get(name);
            if (provider == null) continue;
            try {
                Platform opened = open(provider, hostBase);
                debug.accept("platform " + name + ": the fastest that works here");
                return opened;
            } catch (Failure e) {
                failure = e;
                debug.accept("not used: " + e.getMessage());
            }
        }
        throw failure;
    }

    private static Platform open(PlatformProvider chosen, int hostBase) throws Failure {
        String reason = chosen.unavailable();
        if (reason != null) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "platform " + chosen.name() + " does not work here: " + reason);
        }
        try {
            return chosen.open(hostBase);
        } catch (PlatformException e) {
            throw new Failure(
                    ExitCode.SANDBOX, "platform " + chosen.name() + ": " + e.getMessage(), e);
        }
    }

    static TreeMap<String, PlatformProvider> all() {
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
