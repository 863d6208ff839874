package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs are written into an image in mid-run, their sandbox is gone, and they end in another
 * one, which is made elsewhere: in another working directory and another mount namespace.
 */
class CheckpointTest {
    private static final List<String> ELSEWHERE = List.of("unshare", "--mount");

    /** Adds numbers until USR1 comes; says every 2000th, and in the end if the sum is right. */
    static final String COUNTER =
            """
            import itertools, signal
            stop = []
            signal.signal(signal.SIGUSR1, lambda *_: stop.append(1))
            total = 0
            for n in itertools.count():
                total += n
                if n % 2000 == 0: print(n, flush=True)
                if stop: break
            print('right' if total == n * (n + 1) // 2 else 'wrong')
            """;

    /** Runs a program again and again until USR1 comes; a line after each round. */
    private static final String ROUNDS =
            """
            trap stop=1 USR1
            while [ -z "$stop" ]; do
                "/guest/$0" || echo "exit $?"
                rm -rf /tmp/*
                echo '--'
            done
            """;

    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    // ---- whole programs

    @Test
    void counterGoesOnWhereItWas() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program before = run("a", bundle);
        before.awaitOutput(text -> text.contains("\n"));
        Path image = checkpoint("a", before);
        Program after = restoreElsewhere("b", bundle, image);
        after.awaitOutput(text -> text.contains("\n"));
        stasis.good("kill", "b", "USR1");
        assertEquals(0, after.exitCode(), after::errors);
        assertCountedOn(before.output() + after.output());
    }

    @Test
    void imageOfOnePlatformIsRestoredByTheOther() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program first = stasis.start("--platform=ptrace", "run", "--bundle", bundle + "", "a");
        first.awaitOutput(text -> text.contains("\n"));
        Path image = checkpoint("a", first);
        Program second = restoreOn("systrap", "b", bundle, image);
        second.awaitOutput(text -> text.contains("\n"));
        image = checkpoint("b", second);
        Program third = restoreOn("ptrace", "c", bundle, image);
        third.awaitOutput(text -> text.contains("\n"));
        stasis.good("kill", "c", "USR1");
        assertEquals(0, third.exitCode(), third::errors);
        assertCountedOn(first.output() + second.output() + third.output());
    }

    private Program restoreOn(String platform, String id, Path bundle, Path image)
            throws Exception {
        return stasis.start(
                "--platform=" + platform,
                "restore",
                "--bundle",
                bundle.toString(),
                "--image-path",
                image.toString(),
                id);
    }

    @Test
    void dataInPipesArrivesOnce() throws Exception {
        String script =
                "exec 3<&0; seq 300000 | cat | { echo waiting >&2; read -r go <&3; echo $go >&2;"
                        + " cat; } | sha256sum; echo ${PIPESTATUS[*]}";
        String hash = GuestPrograms.run(List.of("sh", "-c", "seq 300000 | sha256sum")).output();
        Path bundle = stasis.bundle("/bin/bash", "-c", script);
        Program before = run("a", bundle);
        before.awaitErrors("waiting\n"::equals);
        Path image = checkpoint("a", before);
        Program after = restoreElsewhere("b", bundle, image);
        after.input("go\n");
        assertEquals(0, after.exitCode(), after::errors);
        assertEquals("go\n", after.errors());
        assertEquals(hash + "0 0 0 0\n", after.output());
    }

    /** The pipe outside is full, and so is what the sandbox holds back. */
    @Test
    void outputThatNobodyHasReadYetIsWrittenOnce() throws Exception {
        Path bundle = stasis.bundle("/bin/sh", "-c", "echo on >&2; seq 100000");
        Path pipe = stasis.folder().resolve("pipe");
        GuestPrograms.run(List.of("mkfifo", pipe.toString()));
        List<String> held = List.of("sh", "-c", "exec \"$@\" 1<>\"$0\"", pipe.toString());
        Program holder = stasis.start(with(held, List.of("cat")), stasis.folder());
        List<String> command = stasis.command("run", "--bundle", bundle.toString(), "a");
        Program before = stasis.start(with(held, command), stasis.folder());
        before.awaitErrors("on\n"::equals);
        Path image = checkpoint("a", before);
        String read =
                GuestPrograms.run(
                                List.of(
                                        "sh",
                                        "-c",
                                        "exec dd if=\"$0\" iflag=nonblock bs=64k 2>/dev/null",
                                        pipe.toString()))
                        .output();
        holder.endInput();
        Program after = restoreElsewhere("b", bundle, image);
        assertEquals(0, after.exitCode(), after::errors);
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= 100_000; i++) all.append(i).append('\n');
        assertTrue(!read.isEmpty() && !after.output().isEmpty());
        assertEquals(all.toString(), read + after.output());
    }

    private static List<String> with(List<String> prefix, List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }

    /** 100 MB; the server's client is another container command: nothing of it is in the image. */
    @Test
    void redisKeepsEveryValue() throws Exception {
        Path bundle =
                stasis.bundle(
                        "/usr/bin/redis-server",
                        "--unixsocket",
                        "/tmp/redis",
                        "--port",
                        "0",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        "/tmp",
                        "--enable-debug-command",
                        "yes");
        Program before = run("a", bundle);
        before.awaitOutput(text -> text.contains("ready to accept connections"));
        assertEquals("filled\n", inside("a", REDIS + "fill()"));
        String digest = inside("a", REDIS + "print(call('DEBUG', 'DIGEST'))");
        Path image = checkpoint("a", before);

        restoreElsewhere("b", bundle, image);
        assertEquals("100000 keys, 0 wrong\n", awaitInside("b", REDIS + "check()"));
        assertEquals(digest, inside("b", REDIS + "print(call('DEBUG', 'DIGEST'))"));
    }

    private static final String REDIS =
            """
            import hashlib, socket
            s = socket.socket(socket.AF_UNIX); s.connect('/tmp/redis'); f = s.makefile('rwb')
            def send(*words):
                f.write(b'*%d\\r\\n' % len(words))
                for w in words:
                    w = w if isinstance(w, bytes) else str(w).encode()
                    f.write(b'$%d\\r\\n' % len(w) + w + b'\\r\\n')
            def reply():
                line = f.readline()
                if line[:1] != b'$' or line[1:2] == b'-': return line[1:].strip().decode()
                return f.read(int(line[1:]) + 2)[:-2]
            def call(*words):
                send(*words); f.flush(); return reply()
            def value(i): return hashlib.sha256(b'%d' % i).digest() * 32
            def batches(work):
                for first in range(0, 100000, 100):
                    for i in range(first, first + 100): work(i)
                    f.flush()
                    for i in range(first, first + 100): yield i, reply()
            def fill():
                bad = sum(r != 'OK' for _, r in batches(lambda i: send('SET', i, value(i))))
                print('filled' if bad == 0 else bad)
            def check():
                wrong = sum(r != value(i) for i, r in batches(lambda i: send('GET', i)))
                print(call('DBSIZE'), 'keys,', wrong, 'wrong')
            """;

    private String inside(String id, String python) throws Exception {
        Program exec = stasis.run("exec", id, "/usr/bin/python3", "-c", python);
        assertEquals(0, exec.exitCode(), exec::errors);
        return exec.output();
    }

    /** The same as soon as the container is there. */
    private String awaitInside(String id, String python) throws Exception {
        awaitRunning(id);
        return inside(id, python);
    }

    private void awaitRunning(String id) throws Exception {
        for (int i = 0; i < 100; i++) {
            if (stasis.run("state", id).output().contains("\"running\"")) return;
        }
        throw new AssertionError(id + " is not running");
    }

    // ---- guest programs

    /** Threads and futexes, waits, sockets, epoll, shared memory, open files, vector registers. */
    @TestFactory
    Stream<DynamicTest> guestProgramsGoOn() {
        return Stream.of(
                        "condition", "sleepers", "sockets", "events", "sharing", "files", "vectors")
                .map(name -> DynamicTest.dynamicTest(name, () -> guestProgramGoesOn(name)));
    }

    private void guestProgramGoesOn(String name) throws Exception {
        String round = GuestPrograms.runNatively(name).output() + "--\n";
        Path bundle = stasis.bundle("/bin/bash", "-c", ROUNDS, name);
        Program before = run(name + "-1", bundle);
        before.awaitOutput(text -> text.contains("--\n"));
        Path image = checkpoint(name + "-1", before);
        Program after = restoreElsewhere(name + "-2", bundle, image);
        after.awaitOutput(text -> text.contains("--\n"));
        stasis.good("kill", name + "-2", "USR1");
        assertEquals(0, after.exitCode(), after::errors);
        String all = before.output() + after.output();
        assertEquals(round.repeat(all.split("--\n", -1).length - 1), all);
    }

    // ---- one image, more than one sandbox

    @Test
    void oneImageGoesOnTwiceAtOnce() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program before = run("a", bundle);
        before.awaitOutput(text -> text.contains("\n"));
        Path image = checkpoint("a", before);
        Program one = restoreElsewhere("b", bundle, image);
        Program two = restoreElsewhere("c", bundle, image);
        one.awaitOutput(text -> text.contains("\n"));
        two.awaitOutput(text -> text.contains("\n"));
        assertEquals("b\nc\n", stasis.listed());
        stasis.good("kill", "b", "USR1");
        stasis.good("kill", "c", "USR1");
        assertEquals(0, one.exitCode(), one::errors);
        assertEquals(0, two.exitCode(), two::errors);
        assertCountedOn(before.output() + one.output());
        assertCountedOn(before.output() + two.output());
    }

    @Test
    void whatIsLeftRunningGoesOnAndSoDoesItsImage() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program original = run("a", bundle);
        original.awaitOutput(text -> text.contains("\n"));
        Path image = stasis.folder().resolve("image");
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a");
        String before = original.output();
        original.awaitOutput(text -> text.length() > before.length());
        assertEquals("running", stasis.status("a"));

        Program copy = restoreElsewhere("b", bundle, image);
        copy.awaitOutput(text -> text.contains("\n"));
        stasis.good("kill", "a", "USR1");
        stasis.good("kill", "b", "USR1");
        assertEquals(0, original.exitCode(), original::errors);
        assertEquals(0, copy.exitCode(), copy::errors);
        assertCountedOn(original.output());
        int first = Integer.parseInt(copy.output().lines().findFirst().orElseThrow());
        assertTrue(first > 0, "began anew");
        StringBuilder unsaid = new StringBuilder();
        for (int n = 0; n < first; n += 2000) unsaid.append(n).append('\n');
        assertCountedOn(unsaid + copy.output());
    }

    /** As containerd does it. */
    @Test
    void pausedContainersAreSavedAndStayPaused() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program original = run("a", bundle);
        original.awaitOutput(text -> text.contains("\n"));
        stasis.good("pause", "a");
        Path image = stasis.folder().resolve("image");
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a");
        assertEquals("paused", stasis.status("a"));
        String saved = original.output();
        stasis.good("resume", "a");
        stasis.good("kill", "a", "USR1");
        assertEquals(0, original.exitCode(), original::errors);
        assertCountedOn(original.output());

        Program copy = restoreElsewhere("b", bundle, image);
        copy.awaitOutput(text -> text.contains("\n"));
        stasis.good("kill", "b", "USR1");
        assertEquals(0, copy.exitCode(), copy::errors);
        assertCountedOn(saved + copy.output());
    }

    /** Nobody outside reads what it writes any more, but it is there. */
    @Test
    void programsOfExecAreInTheImage() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program before = run("a", bundle);
        before.awaitOutput(text -> text.contains("\n"));
        Program exec = stasis.start("exec", "a", "/bin/sh", "-c", "echo up; sleep 600; :");
        exec.awaitOutput("up\n"::equals);
        Path image = checkpoint("a", before);
        assertEquals(137, exec.exitCode());
        Program after = restoreElsewhere("b", bundle, image);
        after.awaitOutput(text -> text.contains("\n"));
        String processes = stasis.run("ps", "b").output();
        assertTrue(processes.contains("sleep"), processes);
        stasis.good("kill", "b", "USR1");
        assertEquals(0, after.exitCode(), after::errors);
        assertCountedOn(before.output() + after.output());
    }

    @Test
    void imagesOfBothCompressionsGoOn() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", COUNTER);
        Program original = run("a", bundle);
        original.awaitOutput(text -> text.contains("\n"));
        for (String compression : List.of("none", "lz4")) {
            Path image = stasis.folder().resolve(compression);
            stasis.good(
                    "checkpoint",
                    "--leave-running",
                    "--compression=" + compression,
                    "--image-path",
                    image.toString(),
                    "a");
            Program copy = restoreElsewhere(compression, bundle, image);
            copy.awaitOutput(text -> text.contains("\n"));
            stasis.good("kill", compression, "USR1");
            assertEquals(0, copy.exitCode(), copy::errors);
            assertEquals("right", copy.output().lines().reduce((a, b) -> b).orElseThrow());
        }
        assertTrue(
                Files.size(stasis.folder().resolve("lz4/pages.data"))
                        < Files.size(stasis.folder().resolve("none/pages.data")));
    }

    // ---- steps

    private Program run(String id, Path bundle) throws Exception {
        return stasis.start("run", "--bundle", bundle.toString(), id);
    }

    /** An image of a foreground run, which ends with it: nothing is left of it. */
    private Path checkpoint(String id, Program run) throws Exception {
        Path image = stasis.folder().resolve(id + ".image");
        stasis.good("checkpoint", "--image-path", image.toString(), id);
        assertEquals(137, run.exitCode(), run::errors);
        assertEquals("", stasis.listed());
        return image;
    }

    private Program restoreElsewhere(String id, Path bundle, Path image) throws Exception {
        return stasis.start(
                ELSEWHERE,
                Path.of("/"),
                "restore",
                "--bundle",
                bundle.toString(),
                "--image-path",
                image.toString(),
                id);
    }

    /** No number is missing, none is there twice. */
    private static void assertCountedOn(String output) {
        List<String> lines = output.lines().toList();
        for (int i = 0; i < lines.size() - 1; i++) {
            assertEquals(Integer.toString(2000 * i), lines.get(i));
        }
        assertEquals("right", lines.getLast());
    }
}
