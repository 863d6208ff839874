package stasis.cli.oci;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code linux.resources} of a config.json, as far as a cgroup of the host can enforce it on a
 * sandbox as a whole. Numbers are {@link #NONE} if not given, -1 for no limit.
 *
 * @param cpus a list as cpuset(7) has it, or empty
 * @param ignored what is asked for and not done
 */
public record Resources(
        long memoryLimit,
        long memoryReservation,
        long memoryAndSwap,
        long cpuShares,
        long cpuQuota,
        long cpuPeriod,
        String cpus,
        String memoryNodes,
        List<String> ignored) {
    public static final long NONE = Long.MIN_VALUE;

    public static final Resources NOTHING =
            new Resources(NONE, NONE, NONE, NONE, NONE, NONE, "", "", List.of());

    public static Resources of(Map<?, ?> resources) throws SpecException {
        return of(new Node("resources", resources));
    }

    static Resources of(Node n) throws SpecException {
        Node memory = n.object("memory");
        Node cpu = n.object("cpu");
        return new Resources(
                memory.number("limit", NONE),
                memory.number("reservation", NONE),
                memory.number("swap", NONE),
                cpu.number("shares", NONE),
                cpu.number("quota", NONE),
                cpu.number("period", NONE),
                cpu.string("cpus", ""),
                cpu.string("mems", ""),
                ignored(n));
    }

    /** A sandbox has devices and pages of its own, and threads that are not its programs'. */
    private static List<String> ignored(Node n) throws SpecException {
        List<String> ignored = new ArrayList<>();
        for (String name : List.of("blockIO", "hugepageLimits", "network", "rdma", "unified")) {
            if (n.has(name)) ignored.add(name);
        }
        if (n.object("pids").number("limit", 0) > 0) ignored.add("pids");
        return ignored;
    }

    public boolean isEmpty() {
        return memoryLimit == NONE
                && memoryReservation == NONE
                && memoryAndSwap == NONE
                && cpuShares == NONE
                && cpuQuota == NONE
                && cpuPeriod == NONE
                && cpus.isEmpty()
                && memoryNodes.isEmpty();
    }
}
