package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32C;

/** Whatever is wrong with an image: one line says it, and nothing is started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedImageTest {
    private static final List<String> FILES =
            List.of("manifest.json", "kernel.graph", "pages.index", "pages.data");

    private final Random random = new Random(5);
    private final List<Future<?>> attempts = new ArrayList<>();
    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private Path bundle;
    private Path whole;
    private CommandLine origin;
    private CommandLine stasis;

    @BeforeAll
    void makeImage() throws Exception {
        origin = new CommandLine();
        bundle = origin.bundle("/usr/bin/python3", "-c", CheckpointTest.COUNTER);
        whole = origin.folder().resolve("whole");
        Program run = origin.start("run", "--bundle", bundle.toString(), "a");
        run.awaitOutput(text -> text.contains("\n"));
        origin.good("checkpoint", "--image-path", whole.toString(), "a");
    }

    @AfterAll
    void removeImage() throws Exception {
        executor.close();
        origin.close();
    }

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    /** Makes a copy of an image something else. */
    private interface Damage {
        void to(Path image) throws Exception;
    }

    @Test
    void flippedBitsAreFound() throws Exception {
        for (String file : FILES) {
            for (int i = 0; i < 10; i++) refused(file, image -> flip(image.resolve(file)));
        }
        nothingStarted();
    }

    private void flip(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    @Test
    void truncatedAndOversizedFilesAreFound() throws Exception {
        for (String file : FILES) {
            refused(file, image -> resize(image.resolve(file), 0.6));
            refused(file, image -> resize(image.resolve(file), 0));
            refused(file, image -> resize(image.resolve(file), 1.5));
        }
        nothingStarted();
    }

    private static void resize(Path file, double factor) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length * factor)));
    }

    @Test
    void missingFilesAreFound() throws Exception {
        for (String file : FILES) refused(file, image -> Files.delete(image.resolve(file)));
        refused("no such file", CommandLine::remove);
        nothingStarted();
    }

    @Test
    void swappedFilesAreFound() throws Exception {
        refused("manifest.json", image -> swap(image, "manifest.json", "kernel.graph"));
        refused("kernel.graph", image -> swap(image, "kernel.graph", "pages.index"));
        refused("pages.", image -> swap(image, "pages.index", "pages.data"));
        nothingStarted();
    }

    private static void swap(Path image, String one, String other) throws Exception {
        Path between = image.resolve("between");
        Files.move(image.resolve(one), between);
        Files.move(image.resolve(other), image.resolve(one));
        Files.move(between, image.resolve(other));
    }

    @Test
    void imagesForOthersAreFound() throws Exception {
        refused("format version 99, this build reads 1", image -> manifest(image, ": 1,", ": 99,"));
        refused("made on aarch64, this is x86_64", image -> manifest(image, "x86_64", "aarch64"));
        nothingStarted();
    }

    /** A manifest that is right in itself. */
    private static void manifest(Path image, String from, String to) throws Exception {
        Path file = image.resolve("manifest.json");
        String text = Files.readString(file).strip();
        int at = text.indexOf(from);
        text = text.substring(0, at) + to + text.substring(at + from.length());
        String unchecked = text.replaceFirst("(\"check\" : )\"[^\"]*\"", "$1\"\"");
        CRC32C crc = new CRC32C();
        crc.update(unchecked.getBytes(UTF_8));
        String check = String.format("%08x", crc.getValue());
        Files.writeString(
                file, unchecked.replaceFirst("\"check\" : \"\"", "\"check\" : \"" + check + "\""));
    }

    @Test
    void otherFilesAreNoImages() throws Exception {
        refused("kernel.graph", image -> link(image.resolve("kernel.graph")));
        refused("manifest.json", image -> Files.writeString(image.resolve("manifest.json"), "[]"));
        Path file = Files.createFile(stasis.folder().resolve("file"));
        assertRefused("file", restore(file, "x"));
        nothingStarted();
    }

    /** Nobody leads a restore to a file elsewhere. */
    private static void link(Path file) throws Exception {
        Path other = file.resolveSibling("elsewhere");
        Files.move(file, other);
        Files.createSymbolicLink(file, other);
    }

    /** The program may have gone on for a while, but never with a wrong page. */
    @Test
    void aDamagedPageThatIsFoundLateEndsTheSandbox() throws Exception {
        for (int i = 0; i < 5; i++) {
            Path image = stasis.folder().resolve("image" + i);
            copy(image);
            flip(image.resolve("pages.data"));
            Program restore =
                    stasis.run(
                            "restore",
                            "--bundle",
                            bundle.toString(),
                            "--image-path",
                            image.toString(),
                            "c" + i);
            assertEquals(128, restore.exitCode());
            CommandLineTest.assertOneLine("pages.data: ", restore);
            CommandLineTest.assertOneLine(image.toString(), restore);
        }
        assertEquals("", stasis.listed());
    }

    private void copy(Path image) throws Exception {
        Files.createDirectory(image);
        for (String file : FILES) Files.copy(whole.resolve(file), image.resolve(file));
    }

    // ---- steps

    /** Tries a damaged copy, beside others. */
    private void refused(String part, Damage damage) throws Exception {
        Path image = stasis.folder().resolve("image" + attempts.size());
        copy(image);
        damage.to(image);
        String id = "c" + attempts.size();
        attempts.add(
                executor.submit(
                        () -> {
                            assertRefused(part, restore(image, id));
                            return null;
                        }));
    }

    /** Damaged pages are found before anything starts only if all of them are loaded then. */
    private Program restore(Path image, String id) throws Exception {
        return stasis.run(
                "restore",
                "--background=false",
                "--bundle",
                bundle.toString(),
                "--image-path",
                image.toString(),
                id);
    }

    private static void assertRefused(String part, Program restore) throws Exception {
        assertNotEquals(0, restore.exitCode());
        CommandLineTest.assertOneLine(part, restore);
        assertEquals("", restore.output());
    }

    private void nothingStarted() throws Exception {
        for (Future<?> attempt : attempts) attempt.get();
        attempts.clear();
        assertEquals("", stasis.listed());
    }
}
