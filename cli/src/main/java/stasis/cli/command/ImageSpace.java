package stasis.cli.command;

import stasis.host.setup.HostSetup;

import java.io.IOException;
import java.nio.file.Path;

/** Says what a bare ENOSPC does not: where, how much there is, and how much it takes. */
final class ImageSpace {
    private static final String WORDS = "No space left on device";
    private static final long MEGA = 1 << 20;

    private ImageSpace() {}

    /** Whether a message, of the JDK or of a sandbox, is about that. */
    static boolean isShort(String message) {
        return message.contains("ENOSPC") || message.contains(WORDS);
    }

    /**
     * When what was written has been removed again.
     *
     * @param memory of the sandbox, which with its tables is the most that an image can be
     */
    static String explain(Path image, long memory) {
        Path parent = image.getParent();
        Path folder = parent == null ? image : parent;
        String needed = "the image needs up to " + megabytes(memory) + " MB";
        try {
            HostSetup.Space space = new HostSetup().space(folder);
            long free = space.freeBytes() / MEGA;
            return WORDS + ": " + folder + " has " + free + " MB free, " + needed;
        } catch (IOException e) {
            return WORDS + ": " + needed;
        }
    }

    private static long megabytes(long bytes) {
        return bytes / MEGA + 1;
    }
}
