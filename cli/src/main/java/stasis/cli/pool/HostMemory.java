package stasis.cli.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of it the host has left, proc(5). */
final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private HostMemory() {}

    /** In MB; as much as one likes if the host does not say. */
    static long availableMegabytes() {
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (!line.startsWith(AVAILABLE)) continue;
                String number = line.substring(AVAILABLE.length()).replace("kB", "").strip();
                return Long.parseLong(number) >> 10;
            }
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }
}
