package stasis.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Compares {@code stasis.abi} with what a C compiler says, as checked in and, if there is one, afresh. */
class AbiTest {
    private static final Path C = Path.of("src/test/c");

    /** "Class NAME" to value. */
    private static Map<String, Long> parse(List<String> lines) {
        Map<String, Long> values = new TreeMap<>();
        for (String line : lines) {
            int space = line.lastIndexOf(' ');
            values.put(
                    line.substring(0, space), Long.parseUnsignedLong(line.substring(space + 1), 16));
        }
        return values;
    }

    private static Map<String, Long> checkedIn() throws Exception {
        return parse(Files.readAllLines(C.resolve("constants.txt")));
    }

    private static Map<String, Long> ofClass(String name) throws Exception {
        Map<String, Long> values = new TreeMap<>();
        Class<?> type = Class.forName("stasis.abi." + name);
        if (type == Errno.class) {
            for (Errno e : Errno.values()) {
                values.put("Errno " + e.name(), (long) e.number());
            }
            return values;
        }
        for (Field field : type.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.getType().isPrimitive()) {
                values.put(name + " " + field.getName(), ((Number) field.get(null)).longValue());
            }
        }
        return values;
    }

    /** Java has no unsigned int: 0x80000000 is negative here, and may be so in C. */
    private static boolean same(long c, long java) {
        return c == java || c == (java & 0xffff_ffffL) || (c & 0xffff_ffffL) == java;
    }

    @Test
    void everyConstantHasTheValueThatGccGivesIt() throws Exception {
        List<String> wrong = new ArrayList<>();
        Map<String, Long> c = checkedIn();
        for (String type : c.keySet().stream().map(k -> k.split(" ")[0]).distinct().toList()) {
            Map<String, Long> java = ofClass(type);
            for (Map.Entry<String, Long> e : c.entrySet()) {
                if (!e.getKey().startsWith(type + " ")) continue;
                Long value = java.get(e.getKey());
                if (value == null || !same(e.getValue(), value)) {
                    wrong.add(e.getKey() + " is " + value + ", in C " + e.getValue());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyConstantIsCheckedAgainstC() throws Exception {
        List<String> unchecked = new ArrayList<>();
        Map<String, Long> c = checkedIn();
        for (String type : c.keySet().stream().map(k -> k.split(" ")[0]).distinct().toList()) {
            for (String name : ofClass(type).keySet()) {
                if (!c.containsKey(name)) unchecked.add(name);
            }
        }
        assertEquals(List.of(), unchecked);
    }

    @Test
    void checkedInValuesAreWhatThisHostsCompilerGives() throws Exception {
        Path program = Path.of("target/constants").toAbsolutePath();
        assumeTrue(run(null, "gcc", "-w", "-o", program.toString(), "constants.c"), "no gcc");
        File output = new File("target/constants.out");
        assumeTrue(run(output, program.toString()), "it does not run");
        assertEquals(checkedIn(), parse(Files.readAllLines(output.toPath())));
    }

    private static boolean run(@org.jspecify.annotations.Nullable File output, String... command)
            throws InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(C.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(
                output == null
                        ? ProcessBuilder.Redirect.DISCARD
                        : ProcessBuilder.Redirect.to(output.getAbsoluteFile()));
        try {
            return builder.start().waitFor() == 0;
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
