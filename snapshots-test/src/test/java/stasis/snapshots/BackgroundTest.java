package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/** What is done to a sandbox whose pages are still on their way from its image. */
class BackgroundTest {
    /** 200 MB that compress well, some of them shared with a child; checked when USR1 comes. */
    private static final String PROGRAM =
            """
            import hashlib, os, signal
            parts = [bytes([i]) * (1 << 20) for i in range(200)]
            digest = hashlib.sha256(b''.join(parts)).digest()
            stop = []
            signal.signal(signal.SIGUSR1, lambda *_: stop.append(1))
            print('ready', flush=True)
            while not stop: signal.pause()
            child = os.fork()
            same = hashlib.sha256(b''.join(parts)).digest() == digest
            if child == 0: os._exit(0 if same else 1)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print('right' if same and status == 0 else 'wrong', flush=True)
            """;

    private CommandLine stasis;
    private Path bundle;
    private Path image;

    @BeforeEach
    void makeImage() throws Exception {
        stasis = new CommandLine();
        bundle = stasis.bundle("/usr/bin/python3", "-c", PROGRAM);
        image = stasis.imageOf(bundle);
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    private Program restore(String id, Path from) throws Exception {
        return stasis.startDetached(
                "restore",
                "--detach",
                "--bundle",
                bundle.toString(),
                "--image-path",
                from.toString(),
                id);
    }

    private void endsRight(String id, Program program) throws Exception {
        stasis.good("kill", id, "USR1");
        program.awaitOutput("right\n"::equals);
    }

    @Test
    void theFilesOfTheImageMayGo() throws Exception {
        Program restored = restore("a", image);
        CommandLine.remove(image);
        endsRight("a", restored);
    }

    @Test
    void aCheckpointHasThePagesThatWereStillMissing() throws Exception {
        Program restored = restore("a", image);
        Path second = stasis.folder().resolve("second");
        stasis.good("checkpoint", "--leave-running", "--image-path", second.toString(), "a");
        endsRight("a", restored);
        endsRight("b", restore("b", second));
    }

    /** The image that the pages come from is replaced by the one they go to. */
    @Test
    void aCheckpointMayReplaceTheImage() throws Exception {
        Program restored = restore("a", image);
        stasis.good("checkpoint", "--leave-running", "--image-path", image.toString(), "a");
        endsRight("a", restored);
        endsRight("b", restore("b", image));
    }

    @Test
    void waitReturnsWhenTheLastPageIsThere() throws Exception {
        Path log = stasis.folder().resolve("log");
        Program restored =
                stasis.startDetached(
                        "--log",
                        log.toString(),
                        "--debug",
                        "restore",
                        "--detach",
                        "--background",
                        "--bundle",
                        bundle.toString(),
                        "--image-path",
                        image.toString(),
                        "a");
        stasis.good("wait", "--restore", "a");
        assertTrue(java.nio.file.Files.readString(log).contains("restore: last page, "));
        endsRight("a", restored);
    }

    @Test
    void aSandboxIsKilledWhileItLoads() throws Exception {
        for (String id : new String[] {"a", "b", "c"}) {
            Program restored = restore(id, image);
            stasis.good("kill", id, "KILL");
            Program waited = stasis.run("wait", id);
            if (waited.exitCode() == 0) {
                assertTrue(waited.output().contains("137"), waited.output());
            } // or it has ended before
            stasis.good("delete", "--force", id);
            assertEquals("exit 0\n", restored.errors());
        }
    }
}
