package stasis.cli.front;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How each kind of process starts its JVM. An AOT cache is accepted only with the same flags. */
final class JavaFlags {
    private JavaFlags() {}

    /**
     * @param kind of process: cli, sentry, restore (a sentry that restores) or gofer; the name of
     *     its AOT cache
     */
    static List<String> of(Path home, String kind) {
        List<String> flags = new ArrayList<>(base(home));
        boolean sentry = kind.equals("sentry") || kind.equals("restore");
        flags.add("-Xmx" + (sentry ? "1g" : "128m"));
        flags.add("-Dstasis.kind=" + (sentry ? "sentry" : kind));
        Path cache = home.resolve(kind + ".aot");
        if (Files.exists(cache)) flags.add("-XX:AOTCache=" + cache);
        return flags;
    }

    private static List<String> base(Path home) {
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0", // 10 ms of patching pointers otherwise
                "-XX:TieredStopAtLevel=1", // the optimizer: docs/decisions/0021
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
