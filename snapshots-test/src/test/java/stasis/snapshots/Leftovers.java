package stasis.snapshots;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Processes that a command line has left behind, found by a mark in their environment. With the
 * last of them its mounts, memory and sockets are gone, and its sandboxes' stubs, which cannot
 * outlive the first process of their namespace.
 */
final class Leftovers {
    /** Its value is the command line's folder. */
    static final String MARK = "STASIS_TEST_FOLDER";

    private static final long PATIENCE_SECONDS = 30;

    private Leftovers() {}

    /** Lines with number and command. Zombies have no environment, and do not count. */
    static List<String> of(Path folder) throws IOException {
        String mark = MARK + "=" + folder + "\0";
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                if (!read(process.resolve("environ")).contains(mark)) continue;
                String command = read(process.resolve("cmdline")).replace('\0', ' ');
                found.add(process.getFileName() + " " + command);
            }
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has just ended
        }
    }

    /** Waits until there is none; what is left after a while. */
    static List<String> whenAllHaveEnded(Path folder) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        List<String> left = of(folder);
        while (!left.isEmpty() && System.nanoTime() < until) {
            LockSupport.parkNanos(5_000_000);
            left = of(folder);
        }
        return left;
    }
}
