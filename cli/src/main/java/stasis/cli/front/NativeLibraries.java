package stasis.cli.front;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Takes the native halves of libraries out of their jars. Otherwise they would unpack them into
 * /tmp when first used, where a sandbox has none.
 */
final class NativeLibraries {
    private static final Map<String, String> ENTRY_OF_JAR =
            Map.of(
                    "lz4-java-", "net/jpountz/util/linux/amd64/liblz4-java.so",
                    "jna-", "com/sun/jna/linux-x86-64/libjnidispatch.so");

    private NativeLibraries() {}

    /** From {@code home/lib} to {@code home/native}. */
    static void unpack(Path home) throws IOException {
        Path to = Files.createDirectories(home.resolve("native"));
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                for (var e : ENTRY_OF_JAR.entrySet()) {
                    if (String.valueOf(jar.getFileName()).startsWith(e.getKey())) {
                        unpack(jar, e.getValue(), to);
                    }
                }
            }
        }
    }

    private static void unpack(Path jar, String name, Path to) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) throw new IOException(jar + " has no " + name);
            try (InputStream in = zip.getInputStream(entry)) {
                Path file = to.resolve(Path.of(name).getFileName());
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
