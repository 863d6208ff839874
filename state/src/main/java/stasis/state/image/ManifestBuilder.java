package stasis.state.image;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a writer knows about an image before its sections are written. */
public final class ManifestBuilder {
    private String stasisVersion = "unknown";
    private String created = "";
    private String arch = SnapshotImage.ARCH;
    private String platform = "unknown";
    private Manifest.Cpu cpu = new Manifest.Cpu(0, List.of());
    private final List<Manifest.Container> containers = new ArrayList<>();
    private final Map<String, String> annotations = new TreeMap<>();

    public ManifestBuilder stasisVersion(String version) {
        stasisVersion = version;
        return this;
    }

    public ManifestBuilder created(Instant when) {
        created = when.truncatedTo(ChronoUnit.MILLIS).toString();
        return this;
    }

    public ManifestBuilder arch(String name) {
        arch = name;
        return this;
    }

    public ManifestBuilder platform(String name) {
        platform = name;
        return this;
    }

    public ManifestBuilder cpu(long xcr0, List<String> features) {
        cpu = new Manifest.Cpu(xcr0, features);
        return this;
    }

    public ManifestBuilder container(String id, List<Manifest.ProcessInfo> processes) {
        containers.add(new Manifest.Container(id, processes));
        return this;
    }

    public ManifestBuilder annotation(String key, String value) {
        annotations.put(key, value);
        return this;
    }

    Manifest build(List<Manifest.SectionInfo> sections) {
        return new Manifest(
                Manifest.FORMAT_VERSION,
                stasisVersion,
                created,
                arch,
                platform,
                cpu,
                containers,
                sections,
                annotations,
                "");
    }
}
