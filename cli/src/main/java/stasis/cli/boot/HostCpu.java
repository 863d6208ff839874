package stasis.cli.boot;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.state.image.Manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What programs may have found out about the processor, and must find again after a restore. */
public final class HostCpu {
    private HostCpu() {}

    /** The flags of /proc/cpuinfo; empty if there is none. */
    public static List<String> features() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("flags")) {
                    return List.of(line.substring(line.indexOf(':') + 1).strip().split(" "));
                }
            }
        } catch (IOException e) {
            return List.of(); // then nothing is known, and nothing can be compared
        }
        return List.of();
    }

    /** Refuses an image whose processor had features that this one lacks. */
    static void check(Manifest.Cpu image, List<String> here, long statesHere) throws Failure {
        List<String> missing = new ArrayList<>(image.features());
        missing.removeAll(here);
        long states = image.xcr0() & ~statesHere;
        if (states != 0) missing.add("xcr0 bits 0x" + Long.toHexString(states));
        if (missing.isEmpty() || here.isEmpty() && states == 0) return;
        throw new Failure(
                ExitCode.SANDBOX,
                "this processor lacks what the image's programs may use: "
                        + String.join(" ", missing)
                        + " (--ignore-cpu restores all the same)");
    }
}
