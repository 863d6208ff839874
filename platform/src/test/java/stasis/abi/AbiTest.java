package stasis.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Compares {@code stasis.abi} with what a C compiler says, as checked in and, if there is one,
 * afresh.
 */
class AbiTest {
    private static final Path C = Path.of("src/test/c");

    /** "Class NAME" to value. */
    private static Map<String, Long> parse(List<String> lines) {
        Map<String, Long> values = new TreeMap<>();
        for (String line : lines) {
            int space = line.lastIndexOf(' ');
            values.put(
                    line.substring(0, space),
                    Long.parseUnsignedLong(line.substring(space + 1), 16));
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
        assertEquals(checkedIn(), parse(compileAndRun("constants")));
    }

    private static Map<String, String> structures() {
        long dev = DeviceNumber.of(8, 0x12);
        long rdev = DeviceNumber.of(5, 3);
        long second = 1_000_000_000;
        long atime = 1_000_000_001 * second + 11;
        long mtime = 1_000_000_002 * second + 12;
        long ctime = 1_000_000_003 * second + 13;
        long btime = 1_000_000_004 * second + 14;
        long ino = 0x1122334455667788L;
        long size = 0x1020304050607080L;
        long blocks = 0x2030405060L;
        Stat stat =
                new Stat(
                        dev,
                        ino,
                        0x0102030405060708L,
                        0100644,
                        0x11223344,
                        0x55667788,
                        rdev,
                        size,
                        4096,
                        blocks,
                        atime,
                        mtime,
                        ctime);
        Statfs statfs =
                new Statfs(
                        0x01021994,
                        4096,
                        0x1122334455L,
                        0x1021324354L,
                        0x2122232425L,
                        0x3132333435L,
                        0x4142434445464748L,
                        255,
                        6);
        Flock flock = new Flock(Fcntl.F_WRLCK, 2, ino, -5, 0x01020304);
        int entry = LinuxDirent.length("name", true);
        return new TreeMap<>(
                Map.of(
                        "Stat", hex(Stat.SIZE, stat::write),
                        "Statx",
                                hex(Statx.SIZE, new Statx(stat, btime, 0x3040506070L, true)::write),
                        "Statfs", hex(Statfs.SIZE, statfs::write),
                        "Flock", hex(Flock.SIZE, flock::write),
                        "LinuxDirent",
                                hex(
                                        entry,
                                        to ->
                                                LinuxDirent.write(
                                                        to, 0, "name", ino, 42, 0100644, true))));
    }

    private static String hex(int size, Consumer<MemorySegment> writer) {
        byte[] bytes = new byte[size];
        writer.accept(MemorySegment.ofArray(bytes));
        return HexFormat.of().formatHex(bytes);
    }

    private static Map<String, String> parseStructures(List<String> lines) {
        Map<String, String> bytes = new TreeMap<>();
        for (String line : lines) {
            int space = line.indexOf(' ');
            bytes.put(line.substring(0, space), line.substring(space + 1));
        }
        return bytes;
    }

    private static Map<String, String> checkedInStructures() throws Exception {
        return parseStructures(Files.readAllLines(C.resolve("structs.txt")));
    }

    @Test
    void everyStructureHasTheBytesThatGccGivesIt() throws Exception {
        assertEquals(checkedInStructures(), structures());
    }

    @Test
    void aLockIsReadAsItIsWritten() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[Flock.SIZE]);
        Flock lock = new Flock(Fcntl.F_WRLCK, 2, 1L << 40, -5, 7);
        lock.write(bytes);
        assertEquals(lock, Flock.read(bytes));
    }

    @Test
    void checkedInStructuresAreWhatThisHostsCompilerGives() throws Exception {
        List<String> lines = compileAndRun("structs");
        assertEquals(checkedInStructures(), parseStructures(lines));
    }

    private static List<String> compileAndRun(String name) throws Exception {
        Path program = Path.of("target", name).toAbsolutePath();
        assumeTrue(run(null, "gcc", "-w", "-o", program.toString(), name + ".c"), "no gcc");
        File output = new File("target/" + name + ".out");
        assumeTrue(run(output, program.toString()), "it does not run");
        return Files.readAllLines(output.toPath());
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
