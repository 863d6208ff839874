package stasis.net.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import stasis.state.Saved;
import stasis.state.SavedTypes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

class NetSavedTypesTest {
    private final SavedTypes types = NetSavedTypes.addTo(new SavedTypes());

    @Test
    void everySavedFieldHasASavableType() {
        assertEquals(List.of(), types.holes());
    }

    @Test
    void theTableIsComplete() throws Exception {
        Set<String> annotated = new TreeSet<>();
        Path classes = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path f : files.filter(p -> p.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(f).toString().replace('/', '.');
                if (name.startsWith("module-info") || name.endsWith("package-info.class")) continue;
                Class<?> c = Class.forName(name.substring(0, name.length() - 6));
                if (c.isAnnotationPresent(Saved.class)) annotated.add(c.getName());
            }
        }
        Set<String> listed = new TreeSet<>();
        types.classes().forEach(c -> listed.add(c.getName()));

        assertEquals(annotated, listed);
    }
}
