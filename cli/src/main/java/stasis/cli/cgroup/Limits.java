package stasis.cli.cgroup;

import static stasis.cli.oci.Resources.NONE;

import stasis.cli.oci.Resources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The limits of one cgroup folder, of version 1 or 2, whichever files it has. Files that are not
 * there belong to another controller's folder.
 */
final class Limits {
    /**
     * So much memory more than a container may have is its sandbox's own: two virtual machines.
     * Guest memory is all the rest.
     */
    static final long OWN_MEMORY_BYTES = 256L << 20;

    private static final String NO_LIMIT_V1 = "-1";
    private static final String NO_LIMIT_V2 = "max";
    private static final long DEFAULT_PERIOD_MICROS = 100_000;

    private final Path folder;

    Limits(Path folder) {
        this.folder = folder;
    }

    void set(Resources r) throws IOException {
        memory(r);
        cpu(r);
        if (!r.cpus().isEmpty()) write("cpuset.cpus", r.cpus());
        if (!r.memoryNodes().isEmpty()) write("cpuset.mems", r.memoryNodes());
    }

    private void memory(Resources r) throws IOException {
        if (r.memoryReservation() != NONE) {
            write("memory.soft_limit_in_bytes", bytes(r.memoryReservation(), NO_LIMIT_V1));
            write("memory.low", bytes(r.memoryReservation(), NO_LIMIT_V2));
        }
        if (r.memoryLimit() == NONE) return;
        write("memory.max", bytes(r.memoryLimit(), NO_LIMIT_V2));
        if (has("memory.limit_in_bytes")) memoryV1(r);
        if (r.memoryAndSwap() == NONE) return;
        long swap = r.memoryAndSwap() < 0 ? -1 : Math.max(0, r.memoryAndSwap() - r.memoryLimit());
        write("memory.swap.max", swap < 0 ? NO_LIMIT_V2 : Long.toString(swap));
    }

    /** Memory alone may never exceed memory with swap: the order depends on the direction. */
    private void memoryV1(Resources r) throws IOException {
        String limit = bytes(r.memoryLimit(), NO_LIMIT_V1);
        String both = r.memoryAndSwap() == NONE ? "" : bytes(r.memoryAndSwap(), NO_LIMIT_V1);
        try {
            write("memory.limit_in_bytes", limit);
            if (!both.isEmpty()) write("memory.memsw.limit_in_bytes", both);
        } catch (IOException e) {
            if (!both.isEmpty()) write("memory.memsw.limit_in_bytes", both);
            write("memory.limit_in_bytes", limit);
        }
    }

    private static String bytes(long limit, String unlimited) {
        return limit < 0 ? unlimited : Long.toString(limit + OWN_MEMORY_BYTES);
    }

    private void cpu(Resources r) throws IOException {
        if (r.cpuShares() != NONE && r.cpuShares() != 0) {
            write("cpu.shares", Long.toString(r.cpuShares()));
            // From 2..262144 to 1..10000, as runc does it.
            write("cpu.weight", Long.toString(1 + (r.cpuShares() - 2) * 9999 / 262142));
        }
        if (r.cpuPeriod() != NONE && r.cpuPeriod() != 0) {
            write("cpu.cfs_period_us", Long.toString(r.cpuPeriod()));
        }
        if (r.cpuQuota() == NONE || r.cpuQuota() == 0) return;
        long period =
                r.cpuPeriod() == NONE || r.cpuPeriod() == 0 ? DEFAULT_PERIOD_MICROS : r.cpuPeriod();
        write("cpu.cfs_quota_us", Long.toString(r.cpuQuota()));
        write("cpu.max", (r.cpuQuota() < 0 ? NO_LIMIT_V2 : r.cpuQuota()) + " " + period);
    }

    private boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    private void write(String file, String value) throws IOException {
        if (!has(file)) return;
        try {
            Files.writeString(folder.resolve(file), value);
        } catch (IOException e) {
            throw new IOException(
                    "cannot write " + value + " to " + folder.resolve(file) + ": " + e.getMessage(),
                    e);
        }
    }
}
