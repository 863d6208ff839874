package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** What a program that was cloned can find out, and what it must not share with its siblings. */
class ClonesTest {
    /** Waits in poll(2) while the image is made; says what it then sees. */
    private static final String WATCHER =
            """
            import os, select
            def line(path): return open(path).read()
            f = os.open('/proc/stasis/generation', os.O_RDONLY)
            generation, boot = os.read(f, 100), line('/proc/sys/kernel/random/boot_id')
            p, e = select.poll(), select.epoll()
            p.register(f, select.POLLPRI)
            e.register(f, select.EPOLLPRI)
            print(p.poll(0), e.poll(0), flush=True)
            told = p.poll()
            print('told', told == [(f, select.POLLPRI | select.POLLERR)], flush=True)
            print('epoll', e.poll(0) == [(f, select.EPOLLPRI | select.EPOLLERR)])
            os.lseek(f, 0, os.SEEK_SET)
            print('another', os.read(f, 100) != generation, p.poll(0), e.poll(0))
            print('boot', line('/proc/sys/kernel/random/boot_id') != boot)
            """;

    /** The examples of docs/clones.md. */
    private static final Path DOCS = Path.of("../docs/clones").toAbsolutePath().normalize();

    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    @Test
    void aProgramIsToldThatItGoesOnAsAnotherOne() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", WATCHER);
        Path image = stasis.folder().resolve("image");
        Program run = stasis.start("run", "--bundle", bundle.toString(), "a");
        run.awaitOutput("[] []\n"::equals);
        stasis.good("checkpoint", "--image-path", image.toString(), "a");
        Program restored =
                stasis.run(
                        "restore",
                        "--bundle",
                        bundle.toString(),
                        "--image-path",
                        image.toString(),
                        "b");
        assertEquals("told True\nepoll True\nanother True [] []\nboot True\n", restored.output());
        assertEquals(0, restored.exitCode(), restored::errors);
    }

    /** Lines of two clones of the program that {@code bundle} runs. */
    private List<List<String>> twoClones(Bundle program) throws Exception {
        String bundle = program.writeTo(stasis.folder()).toString();
        Program run = stasis.startDetached("run", "--detach", "--bundle", bundle, "source");
        run.awaitOutput("ready\n"::equals);
        List<List<String>> clones = new ArrayList<>();
        for (String id : List.of("one", "two")) {
            Program fork = stasis.startDetached("fork", "source", id);
            fork.awaitOutput(text -> text.lines().count() == 2);
            clones.add(fork.output().lines().toList());
        }
        return clones;
    }

    private static String[] words(List<List<String>> clones, int clone, int line) {
        return clones.get(clone).get(line).split(" ");
    }

    private static void drawDifferentlyAfter(List<List<String>> clones) {
        String[] one = words(clones, 0, 1);
        String[] two = words(clones, 1, 1);
        assertEquals(3, one.length);
        for (int i = 1; i < 3; i++) assertNotEquals(one[i], two[i], clones::toString);
    }

    @Test
    void thePythonExampleMakesSiblingsDiffer() throws Exception {
        List<List<String>> clones =
                twoClones(
                        new Bundle("/usr/bin/python3", "/docs/clone.py")
                                .mount("/docs", "bind", DOCS.toString(), "bind", "ro"));
        assertEquals(clones.get(0).get(0), clones.get(1).get(0), "they differ without the step");
        drawDifferentlyAfter(clones);
    }

    @Test
    void theJavaExampleMakesSiblingsDiffer() throws Exception {
        Path classes = Files.createDirectory(stasis.folder().resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String source = DOCS.resolve("Clone.java").toString();
        assertEquals(0, compiler.run(null, null, null, "-d", classes.toString(), source));
        String jdk = Path.of(System.getProperty("java.home")).toRealPath().toString();
        List<List<String>> clones =
                twoClones(
                        new Bundle(
                                        jdk + "/bin/java",
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xmx64m",
                                        "-cp",
                                        "/classes",
                                        "Clone")
                                .mount(jdk, "bind", jdk, "bind", "ro")
                                .mount("/classes", "bind", classes.toString(), "bind", "ro"));
        String drbg = words(clones, 0, 0)[2];
        assertEquals(drbg, words(clones, 1, 0)[2], "they differ without the step");
        drawDifferentlyAfter(clones);
    }
}
