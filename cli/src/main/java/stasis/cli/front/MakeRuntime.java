package stasis.cli.front;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The last step of the build: writes the programs made of bytes, and the commands that start each
 * kind of JVM, beside the jars. Run it with the JDK that is to be used.
 */
public final class MakeRuntime {
    private static final String MAIN = "stasis.cli/stasis.cli.Main";
    private static final String GOFER = "stasis.cli/stasis.cli.boot.GoferMain";

    /** Names the JDK that everything was made for; written last. */
    private static final String MARK = "jdk";

    private static final List<String> LIBC =
            List.of("libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1");

    private MakeRuntime() {}

    /**
     * @param args the home folder
     */
    public static void main(String[] args) throws IOException {
        Path home = Path.of(args[0]).toRealPath();
        Path jdk = Path.of(System.getProperty("java.home")).toRealPath();
        try (FileChannel file = FileChannel.open(home.resolve("lock"), CREATE, WRITE);
                FileLock _ = file.lock()) {
            if (!isMade(home, jdk)) make(home, jdk);
        }
    }

    /** Another command may have been faster. */
    private static boolean isMade(Path home, Path jdk) throws IOException {
        Path mark = home.resolve(MARK);
        if (!Files.exists(mark) || !Files.readString(mark).equals(jdk + "\n")) return false;
        FileTime made = Files.getLastModifiedTime(mark);
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                if (Files.getLastModifiedTime(jar).compareTo(made) > 0) return false;
            }
        }
        return true;
    }

    private static void make(Path home, Path jdk) throws IOException {
        Files.deleteIfExists(home.resolve(MARK));
        Files.createDirectories(home.resolve("root"));
        NativeLibraries.unpack(home);
        Files.write(home.resolve("native/libstasiscalls.so"), CallLibrary.elf());
        modernize(home.resolve("lib"));
        Runtime runtime = new Runtime(home, jdk, visible(home, jdk), MAIN, GOFER);
        AotCaches.make(runtime, home, MAIN);
        fronts(runtime, home, "front", "sentry");
        fronts(runtime, home, "front-restore", "restore");
        executable(home.resolve("claim"), ClaimProgram.elf());
        executable(home.resolve("waiter"), WaiterProgram.elf());
        for (String kind : List.of("cli", "sentry")) {
            List<String> flags = new ArrayList<>(JavaFlags.of(home, kind));
            flags.addAll(List.of("-m", MAIN));
            Files.write(
                    home.resolve(kind + ".args"), flags.stream().map(MakeRuntime::quoted).toList());
        }
        Files.writeString(home.resolve(MARK), jdk + "\n");
    }

    private static void fronts(Runtime runtime, Path home, String name, String kind)
            throws IOException {
        for (boolean rootless : new boolean[] {false, true}) {
            Path file = home.resolve(rootless ? name + "-rootless" : name);
            executable(file, new FrontProgram(runtime, kind, rootless, Training.NONE).elf());
        }
    }

    private static void modernize(Path lib) throws IOException {
        try (Stream<Path> jars = Files.list(lib)) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                if (String.valueOf(jar.getFileName()).startsWith("picocli-")) {
                    ModernClasses.modernize(jar);
                }
            }
        }
    }

    /** For a java argument file. */
    private static String quoted(String flag) {
        return '"' + flag.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    static void executable(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** The JDK, our home, and the libraries outside them that a JVM has mapped. */
    private static List<Path> visible(Path home, Path jdk) throws IOException {
        Set<Path> libraries = new TreeSet<>();
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            maps.filter(line -> line.contains(".so"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(p -> !p.startsWith(jdk) && !p.startsWith(home) && Files.exists(p))
                    .filter(p -> !p.startsWith("/tmp"))
                    .forEach(libraries::add);
        }
        addCompanions(libraries);
        List<Path> visible = new ArrayList<>(List.of(jdk, home));
        visible.addAll(libraries);
        return visible;
    }

    private static void addCompanions(Set<Path> libraries) {
        for (Path library : List.copyOf(libraries)) {
            if (!library.endsWith("libc.so.6")) continue;
            for (String name : LIBC) {
                Path companion = library.resolveSibling(name);
                if (Files.exists(companion)) libraries.add(companion);
            }
        }
    }
}
