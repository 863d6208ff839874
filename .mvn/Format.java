import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies the layout of a module's sources. Started from this file by the build, on the
 * JDK that compiles them: Maven's own may be too old to parse them.
 */
public final class Format {
    private static final Formatter FORMATTER =
            new Formatter(
                    JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build());

    private Format() {}

    public static void main(String[] args) throws Exception {
        boolean apply =
                switch (args[0]) {
                    case "check" -> false;
                    case "apply" -> true;
                    default -> throw new IllegalArgumentException("check or apply, not " + args[0]);
                };
        List<Path> different =
                folders(Path.of(args[1]), apply).stream()
                        .filter(Files::isDirectory)
                        .flatMap(Format::sources)
                        .parallel()
                        .filter(file -> differs(file, apply))
                        .sorted()
                        .toList();
        if (apply || different.isEmpty()) return;
        different.forEach(file -> System.err.println("not formatted: " + file));
        System.err.println("mvn -N -Pformat process-sources formats them");
        System.exit(1);
    }

    /**
     * Each module checks its own sources; the project applies the layout to those of all modules.
     */
    private static List<Path> folders(Path project, boolean all) throws IOException {
        List<Path> folders =
                new ArrayList<>(List.of(project.resolve("src"), project.resolve("tools")));
        if (!all) return folders;
        try (Stream<Path> modules = Files.list(project)) {
            modules.map(module -> module.resolve("src")).forEach(folders::add);
        }
        return folders;
    }

    private static Stream<Path> sources(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean differs(Path file, boolean apply) {
        try {
            String text = Files.readString(file);
            String formatted =
                    StringWrapper.wrap(FORMATTER.formatSourceAndFixImports(text), FORMATTER);
            if (text.equals(formatted)) return false;
            if (apply) Files.writeString(file, formatted);
            return true;
        } catch (IOException | FormatterException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }
}
