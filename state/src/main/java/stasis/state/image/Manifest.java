package stasis.state.image;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code manifest.json}: what the image is and what belongs to it. Written last, so that a
 * directory with a manifest is an image and one without is none.
 *
 * @param created UTC, ISO 8601
 * @param arch as in {@code uname -m}
 * @param platform what trapped the guest's calls; an image restores on any
 * @param annotations free for whoever asked for the checkpoint
 * @param check CRC32C of the manifest as written with this field empty, in hex
 */
public record Manifest(
        int formatVersion,
        String stasisVersion,
        String created,
        String arch,
        String platform,
        Cpu cpu,
        List<Container> containers,
        List<SectionInfo> sections,
        Map<String, String> annotations,
        String check) {

    /** The format this build writes, and the only one it reads. */
    public static final int FORMAT_VERSION = 1;

    /** What the guest's programs may be using: a host without it cannot take the image. */
    public record Cpu(long xcr0, List<String> features) {
        public Cpu {
            features = List.copyOf(features);
        }
    }

    public record Container(String id, List<ProcessInfo> processes) {
        public Container {
            processes = List.copyOf(processes);
        }
    }

    public record ProcessInfo(int pid, String command, int threads) {}

    /** One of the other files. {@code crc32c} is in hex. */
    public record SectionInfo(String name, long size, String crc32c) {}

    public Manifest {
        containers = List.copyOf(containers);
        sections = List.copyOf(sections);
        annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
    }

    public @Nullable SectionInfo section(String name) {
        for (SectionInfo s : sections) {
            if (s.name().equals(name)) return s;
        }
        return null;
    }

    Manifest withCheck(String newCheck) {
        return new Manifest(
                formatVersion,
                stasisVersion,
                created,
                arch,
                platform,
                cpu,
                containers,
                sections,
                annotations,
                newCheck);
    }
}
