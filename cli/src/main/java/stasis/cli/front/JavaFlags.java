package stasis.cli.front;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How each kind of process starts its JVM. An AOT cache is accepted only with the same flags. */
final class JavaFlags {
    private JavaFlags() {}

    /**
     * @param kind of process: cli, sentry or gofer; the name of its AOT cache
     */
    static List<String> of(Path home, String kind) {
        List<String> flags = new ArrayList<>(base(home));
        flags.addAll(compiler("sentry".equals(kind)));
        flags.add("-Xmx" + ("sentry".equals(kind) ? "1g" : "128m"));
        flags.add("-Dstasis.kind=" + kind);
        Path cache = home.resolve(kind + ".aot");
        if (Files.exists(cache)) flags.add("-XX:AOTCache=" + cache);
        return flags;
    }

    /**
     * A sentry lives long enough for the compiler that optimizes: a patched call takes 0.7 us
     * instead of 1.6. It must not take up what the training has seen, though, 15 to 30 ms of
     * compiling at every start.
     */
    private static List<String> compiler(boolean livesLong) {
        if (!livesLong) return List.of("-XX:TieredStopAtLevel=1");
        return List.of("-XX:-AOTRecordTraining", "-XX:-AOTReplayTraining");
    }

    private static List<String> base(Path home) {
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0", // 10 ms of patching pointers otherwise
                "-XX:-UsePerfData",
                "-XX:AsyncDeflationInterval=60000", // 4 wake-ups a second otherwise
                "-XX:ServiceThreadCleanupInterval=60000", // and 1
                "-XX:StackShadowPages=10", // each thread touches them: 40 KiB of 500 threads
                "-XX:+DisableAttachMechanism",
                "-XX:-UseContainerSupport",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+ErrorFileToStderr",
                "-XX:-CreateCoredumpOnCrash",
                "-Xrs",
                "-Xms8m",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8",
                "-Dkryo.unsafe=false",
                "-Dpicocli.converters.excludes=java\\.(time|sql)\\..*", // 5 ms of reflection
                "-Dstasis.home=" + home,
                "-Dstasis.calls=" + home.resolve("native/libstasiscalls.so"),
                "-Djava.library.path=" + home.resolve("native"),
                "-Djna.boot.library.path=" + home.resolve("native"),
                "--enable-native-access=stasis.platform,com.sun.jna,org.lz4.java",
                "--sun-misc-unsafe-memory-access=allow",
                "-p",
                home.resolve("lib").toString());
    }
}
