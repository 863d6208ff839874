package stasis.snapshots;

import stasis.cli.Json;
import stasis.cli.oci.SpecTemplate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A config.json in the making: the Debian root, read-only, with /tmp and, as /guest, the guest
 * programs.
 */
final class Bundle {
    private static final Path DEBIAN = ProgramsTest.ROOT.toAbsolutePath();

    private final Map<String, Object> config;
    private final Map<String, Object> process;
    private final Map<String, Object> linux;
    private final List<Object> mounts;

    Bundle(String... argv) {
        config = new LinkedHashMap<>(SpecTemplate.standard(List.of(argv)));
        config.put("root", Map.of("path", DEBIAN.toString(), "readonly", true));
        process = copy("process");
        linux = copy("linux");
        mounts = new ArrayList<>((List<?>) config.get("mounts"));
        config.put("mounts", mounts);
        process.put("terminal", false);
        mount("/tmp", "tmpfs", "tmpfs", "mode=1777");
        if (Files.isDirectory(GuestPrograms.TARGET)) {
            String programs = GuestPrograms.TARGET.toAbsolutePath().toString();
            mount("/guest", "bind", programs, "bind", "ro");
        }
    }

    private Map<String, Object> copy(String name) {
        Map<String, Object> map = new LinkedHashMap<>();
        ((Map<?, ?>) config.get(name)).forEach((k, v) -> map.put(String.valueOf(k), v));
        config.put(name, map);
        return map;
    }

    Bundle terminal() {
        process.put("terminal", true);
        return this;
    }

    Bundle root(Path root) {
        config.put("root", Map.of("path", root.toString(), "readonly", false));
        return this;
    }

    Bundle mount(String at, String type, String source, String... options) {
        mounts.add(
                Map.of(
                        "destination",
                        at,
                        "type",
                        type,
                        "source",
                        source,
                        "options",
                        List.of(options)));
        return this;
    }

    Bundle limit(String type, long value) {
        process.put("rlimits", List.of(Map.of("type", type, "hard", value, "soft", value)));
        return this;
    }

    /** One more for its program. */
    Bundle capability(String name) {
        Map<String, Object> all = new LinkedHashMap<>();
        ((Map<?, ?>) process.get("capabilities"))
                .forEach(
                        (kind, names) -> {
                            List<Object> more = new ArrayList<>((List<?>) names);
                            more.add(name);
                            all.put(String.valueOf(kind), more);
                        });
        process.put("capabilities", all);
        return this;
    }

    Bundle linux(String name, Object value) {
        linux.put(name, value);
        return this;
    }

    Bundle hooks(Map<String, Object> hooks) {
        config.put("hooks", hooks);
        return this;
    }

    Bundle annotation(String name, String value) {
        config.put("annotations", Map.of(name, value));
        return this;
    }

    /** What {@code exec --process} takes. */
    Map<String, Object> process() {
        return process;
    }

    Path writeTo(Path folder) throws IOException {
        Path bundle = Files.createTempDirectory(folder, "bundle");
        Files.writeString(bundle.resolve("config.json"), Json.pretty(config));
        return bundle;
    }
}
