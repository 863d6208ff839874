import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.StringWrapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies the layout of the sources below some folders. Started from this file by the
 * build, on the JDK that compiles them: Maven's own may be too old to parse them.
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
                List.of(args).subList(1, args.length).stream()
                        .map(Path::of)
                        .filter(Files::isDirectory)
                        .flatMap(Format::sources)
                        .parallel()
                        .filter(file -> differs(file, apply))
                        .sorted()
                        .toList();
        if (apply || different.isEmpty()) return;
        different.forEach(file -> System.err.println("not formatted: " + file));
        System.err.println("mvn -Pformat process-sources formats them");
        System.exit(1);
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
