package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Json;
import stasis.cli.Version;
import stasis.cli.oci.Hooks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class FeaturesCommand extends Command {
    FeaturesCommand() {
        super("prints what this runtime can do, as the OCI runtime specification has it");
    }

    @Override
    protected void define(CommandSpec spec) {}

    @Override
    public int run(Arguments a) {
        Map<String, @Nullable Object> features = new LinkedHashMap<>();
        features.put("ociVersionMin", "1.0.0");
        features.put("ociVersionMax", Version.SPEC);
        List<String> hooks = new ArrayList<>();
        for (Hooks.Phase phase : Hooks.Phase.values()) hooks.add(phase.inJson());
        features.put("hooks", hooks);
        features.put(
                "mountOptions",
                List.of("ro", "rw", "bind", "rbind", "nosuid", "nodev", "noexec", "noatime"));
        features.put("annotations", Map.of("stasis.checkpoint.enabled", "true"));
        System.out.println(Json.pretty(features));
        return 0;
    }
}
