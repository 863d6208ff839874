package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.state.image.SnapshotImage;
import stasis.state.store.DirectoryStore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A checkpoint that does not come to its end: the earlier image is whole, nothing half-written is
 * taken for an image, and a sandbox that was not killed itself runs on.
 */
class InterruptedCheckpointTest {
    /** Counts beside 40 MB that no compression makes smaller; checks them when USR1 comes. */
    private static final String PROGRAM =
            """
            import hashlib, os, signal, time
            stop = []
            signal.signal(signal.SIGUSR1, lambda *_: stop.append(1))
            data = os.urandom(40 << 20)
            digest = hashlib.sha256(data).digest()
            n = 0
            while not stop:
                print(n, flush=True)
                n += 1
                time.sleep(0.02)
            print('right' if hashlib.sha256(data).digest() == digest else 'wrong')
            """;

    private CommandLine stasis;
    private Path bundle;
    private Path image;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
        bundle = stasis.bundle("/usr/bin/python3", "-c", PROGRAM);
        image = stasis.folder().resolve("image");
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    @Test
    void aKilledCommandLeavesImageAndSandbox() throws Exception {
        Program run = running("a");
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a");
        Map<String, Integer> earlier = content(image);
        for (double part : new double[] {0, 0.1, 0.3, 0.6, 0.9, 1}) {
            Program checkpoint = startCheckpoint("a");
            awaitWritten(checkpoint, part);
            checkpoint.kill();
            int code = checkpoint.exitCode();
            assertWhole(image);
            if (code == 0) earlier = content(image); // it was faster
            else if (part < 1) assertEquals(earlier, content(image));
            goesOn(run);
            assertEquals("running", stasis.status("a"));
        }
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a");
        assertEquals(List.of(), leftovers());
        endsRight("a", run);
        endsRight("b", restored("b"));
    }

    @Test
    void aKilledSandboxLeavesTheImage() throws Exception {
        Program run = running("a0");
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a0");
        endsRight("a0", run);
        Map<String, Integer> earlier = content(image);
        double[] parts = {0, 0.4, 0.8};
        for (int i = 0; i < parts.length; i++) {
            String id = "a" + (i + 1);
            Program sandbox = restored(id);
            long pid = stasis.pid(id);
            Program checkpoint = startCheckpoint(id);
            awaitWritten(checkpoint, parts[i]);
            Program.signal(pid, "KILL");
            assertEquals(137, sandbox.exitCode());
            if (checkpoint.exitCode() == 0) {
                earlier = content(image); // it was faster
            } else {
                CommandLineTest.assertOneLine("sandbox", checkpoint);
                assertEquals(earlier, content(image));
            }
            assertWhole(image);
            assertEquals(List.of(), leftovers());
        }
        assertEquals("", stasis.listed());
        endsRight("b", restored("b"));
    }

    @Test
    void aFullDiskLeavesImageAndSandbox() throws Exception {
        Program run = running("a");
        Path disk = Files.createDirectory(stasis.folder().resolve("disk"));
        Path script = stasis.folder().resolve("script");
        Files.writeString(
                script,
                """
                set -e
                mount -t tmpfs -o size=75m tmpfs disk
                "$@" checkpoint --leave-running --image-path disk/image a
                sha256sum disk/image/* > sums
                if "$@" checkpoint --leave-running --image-path disk/image a; then exit 3; fi
                sha256sum -c --quiet sums
                ls -A disk | grep -v lock
                exec "$@" restore --bundle "$BUNDLE" --image-path disk/image b
                """);
        List<String> command =
                List.of("env", "BUNDLE=" + bundle, "unshare", "--mount", "sh", script.toString());
        Program full = stasis.start(command, stasis.folder(), new String[0]);
        full.awaitOutput(text -> text.matches("(?s)image\n\\d+\n.*"));
        CommandLineTest.assertOneLine("disk has 0 MB free, the image needs up to ", full);
        assertEquals(0, entries(disk).size());
        goesOn(run);
        endsRight("b", full);
        endsRight("a", run);
    }

    /** The writer was killed between two renames. */
    @Test
    void anImageUnderItsOldNameIsFound() throws Exception {
        Program run = running("a");
        stasis.good("checkpoint", "--image-path", image.toString(), "a");
        assertEquals(137, run.exitCode());
        Files.move(image, stasis.folder().resolve(".image.old"));
        Path half = Files.createDirectory(stasis.folder().resolve(".image.new"));
        Files.createFile(half.resolve("pages.data"));
        endsRight("b", restored("b"));
        assertEquals(List.of(), leftovers());
    }

    // ---- steps

    private Program running(String id) throws Exception {
        Program run = stasis.start("run", "--bundle", bundle.toString(), id);
        run.awaitOutput(text -> text.contains("\n"));
        return run;
    }

    private Program restored(String id) throws Exception {
        Program restore =
                stasis.start(
                        "restore",
                        "--bundle",
                        bundle.toString(),
                        "--image-path",
                        image.toString(),
                        id);
        restore.awaitOutput(text -> text.contains("\n"));
        return restore;
    }

    private Program startCheckpoint(String id) throws Exception {
        return stasis.start("checkpoint", "--leave-running", "--image-path", image.toString(), id);
    }

    /** Returns when so much is written, or the command has ended. */
    private void awaitWritten(Program checkpoint, double part) throws IOException {
        long wanted = (long) (part * Files.size(image.resolve("pages.data")));
        Path fresh = stasis.folder().resolve(".image.new/pages.data");
        while (checkpoint.isAlive()) {
            try {
                if (Files.size(fresh) >= wanted) return;
            } catch (NoSuchFileException e) {
                assert wanted >= 0; // not begun, or done already
            }
            LockSupport.parkNanos(100_000);
        }
    }

    private static void goesOn(Program run) throws Exception {
        int length = run.output().length();
        run.awaitOutput(text -> text.length() > length);
    }

    private void endsRight(String id, Program program) throws Exception {
        stasis.good("kill", id, "USR1");
        program.exitCode();
        assertTrue(program.output().endsWith("\nright\n"), program::errors);
    }

    private static void assertWhole(Path image) throws IOException {
        try (DirectoryStore store = DirectoryStore.open(image);
                SnapshotImage snapshot = SnapshotImage.open(store)) {
            snapshot.verifyPages();
        }
    }

    private static Map<String, Integer> content(Path image) throws IOException {
        Map<String, Integer> content = new TreeMap<>();
        for (Path file : entries(image)) {
            content.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
        }
        assertNotEquals(Map.of(), content);
        return content;
    }

    /** What a checkpoint may leave beside an image. */
    private List<String> leftovers() throws IOException {
        return entries(stasis.folder()).stream()
                .map(p -> p.getFileName().toString())
                .filter(name -> name.startsWith(".image.") && !name.equals(".image.lock"))
                .toList();
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
