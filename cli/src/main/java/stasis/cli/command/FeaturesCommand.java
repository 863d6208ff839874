package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Json;
import stasis.cli.Version;
import stasis.cli.boot.MountOptions;
import stasis.cli.oci.CapabilityNames;
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
        features.put("mountOptions", MountOptions.known());
        features.put("linux", linux());
        features.put("annotations", Map.of("stasis.checkpoint.enabled", "true"));
        System.out.println(Json.pretty(features));
        return 0;
    }

    /** {@code features-linux.md}: what a sandbox does by other means is not said to be there. */
    private static Map<String, @Nullable Object> linux() {
        Map<String, @Nullable Object> linux = new LinkedHashMap<>();
        linux.put("namespaces", List.of("ipc", "mount", "network", "pid", "uts"));
        linux.put("capabilities", CapabilityNames.all());
        linux.put("cgroup", Map.of("v1", true, "v2", true, "systemd", false, "rdma", false));
        linux.put("seccomp", Map.of("enabled", false));
        linux.put("apparmor", Map.of("enabled", false));
        linux.put("selinux", Map.of("enabled", false));
        return linux;
    }
}
