package stasis.cli.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the host's cgroup file systems are, and where in them this process is. */
final class Hierarchies {
    /** Version 1 controllers that a sandbox joins. */
    private static final List<String> WANTED =
            List.of("cpu", "cpuacct", "cpuset", "memory", "pids", "freezer", "blkio");

    /**
     * @param mount where it is mounted
     * @param own this process's cgroup there
     */
    record Hierarchy(Path mount, boolean unified, Path own) {}

    private Hierarchies() {}

    static List<Hierarchy> find() throws IOException {
        List<String> own = Files.readAllLines(Path.of("/proc/self/cgroup"));
        List<Hierarchy> unified = new ArrayList<>();
        List<Hierarchy> legacy = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            Hierarchy found = parse(line, own);
            if (found != null) (found.unified ? unified : legacy).add(found);
        }
        return legacy.isEmpty() ? unified : legacy; // hybrid: the unified one limits nothing
    }

    /** proc_pid_mountinfo(5): {@code id parent dev root place options - type source options}. */
    private static @org.jspecify.annotations.Nullable Hierarchy parse(
            String line, List<String> own) {
        int dash = line.indexOf(" - ");
        if (dash < 0) return null;
        String[] first = line.substring(0, dash).split(" ");
        String[] second = line.substring(dash + 3).split(" ");
        if (first.length < 5 || second.length < 3) return null;
        Path mount = Path.of(first[4]);
        if (second[0].equals("cgroup2")) return new Hierarchy(mount, true, own(mount, own, ""));
        if (!second[0].equals("cgroup")) return null;
        for (String option : second[2].split(",")) {
            if (WANTED.contains(option)) {
                return new Hierarchy(mount, false, own(mount, own, option));
            }
        }
        return null;
    }

    /** cgroups(7): {@code number:controllers:path}. */
    private static Path own(Path mount, List<String> lines, String controller) {
        for (String line : lines) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) continue;
            if (!List.of(parts[1].split(",")).contains(controller)) continue;
            Path own = mount.resolve(parts[2].substring(1)).normalize();
            if (own.startsWith(mount) && Files.isDirectory(own)) return own;
        }
        return mount;
    }
}
