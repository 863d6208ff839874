package stasis.cli.front;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the programs start, and with what.
 *
 * @param home holds {@code lib/} with the jars, {@code root/} to mount on, and what the build makes
 * @param visible folders and files that are in the sentry's root
 * @param sentry module/class that becomes the sentry
 * @param gofer module/class of the gofer, or null for none
 */
record Runtime(Path home, Path jdk, List<Path> visible, String sentry, @Nullable String gofer) {

    /** {@code java}, flags, main class. */
    List<String> command(@Nullable String main, String kind, Training training) {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(JavaFlags.of(home, kind));
        if (training != Training.NONE) command.add(AotCaches.TRAINING);
        if (training.teaches(kind)) {
            command.add("-XX:AOTCacheOutput=" + home.resolve(kind + ".aot"));
        }
        command.addAll(List.of("-m", String.valueOf(main)));
        return command;
    }
}
