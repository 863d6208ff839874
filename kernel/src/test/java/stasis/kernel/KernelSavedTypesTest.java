package stasis.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class KernelSavedTypesTest {
    private static final Path SCHEMA = Path.of("saved-schema.txt");

    @Test
    void everySavedFieldHasASavableType() {
        assertEquals(List.of(), KernelSavedTypes.all().holes());
    }

    /**
     * What an image holds changes with this file only. After a change on purpose, {@code
     * -Dstasis.schema=write} writes it anew; a class in it with other fields needs a new version.
     */
    @Test
    void savedSchemaIsUnchanged() throws Exception {
        String schema = KernelSavedTypes.all().schema();
        if ("write".equals(System.getProperty("stasis.schema"))) {
            Files.writeString(SCHEMA, schema);
        }
        String checkedIn = Files.readString(SCHEMA);
        if (schema.equals(checkedIn)) return;
        fail(
                "gone: "
                        + linesWithout(checkedIn, schema)
                        + ", new: "
                        + linesWithout(schema, checkedIn));
    }

    private static List<String> linesWithout(String text, String others) {
        return text.lines().filter(line -> !others.contains(line)).toList();
    }
}
