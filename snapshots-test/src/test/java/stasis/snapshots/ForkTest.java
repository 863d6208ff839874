package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Clones of a running container: each has its memory, and nothing of what it does later. */
class ForkTest {
    /**
     * Fills 20 MB by what it is told by files: its own part of them, after each fork; then says if
     * everything is as it should be. A clone is told by its generation.
     */
    private static final String GROWER =
            """
            import hashlib, os, select
            f = os.open('/proc/stasis/generation', os.O_RDONLY)
            p = select.poll()
            p.register(f, select.POLLPRI)
            parts, log = [os.urandom(1 << 20) for _ in range(20)], open('/tmp/log', 'w+')
            digest = lambda: hashlib.sha256(b''.join(parts)).hexdigest()
            before, depth = digest(), 0
            print('ready', flush=True)
            while True:
                if os.path.exists('/tmp/stop'): break
                if not p.poll(20): continue
                os.lseek(f, 0, 0); os.read(f, 100)
                right = digest() == before
                depth += 1
                parts[depth] = os.urandom(1 << 20)
                before = digest()
                log.write('clone\\n'); log.flush(); log.seek(0)
                print('clone', depth, right, len(log.readlines()), flush=True)
            print('end', depth, digest() == before, flush=True)
            """;

    private CommandLine stasis;
    private Program source;

    @BeforeEach
    void start() throws Exception {
        stasis = new CommandLine();
        String bundle = stasis.bundle("/usr/bin/python3", "-c", GROWER).toString();
        source = stasis.startDetached("run", "--detach", "--bundle", bundle, "a");
        source.awaitOutput("ready\n"::equals);
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
        assertEquals(List.of(), Leftovers.whenAllHaveEnded(stasis.folder()));
    }

    private void stop(String id) throws Exception {
        assertEquals(0, stasis.run("exec", id, "/bin/touch", "/tmp/stop").exitCode());
    }

    @Test
    void clonesHaveWhatTheSourceHadAndGoTheirOwnWay() throws Exception {
        Program fork = stasis.startDetached("fork", "--count", "2", "a", "b");
        fork.awaitOutput("clone 1 True 1\nclone 1 True 1\n"::equals);
        Program second = stasis.startDetached("fork", "b-1", "c");
        second.awaitOutput("clone 2 True 2\n"::equals);
        for (String id : List.of("a", "b-1", "b-2", "c")) stop(id);
        source.awaitOutput("ready\nend 0 True\n"::equals);
        fork.awaitOutput(text -> text.endsWith("end 1 True\nend 1 True\n"));
        second.awaitOutput(text -> text.endsWith("end 2 True\n"));
    }

    @Test
    void aPausedCloneGoesOnWhenItIsResumed() throws Exception {
        Program fork = stasis.startDetached("fork", "--paused", "--hostname", "h", "a", "b", "c");
        assertEquals("paused", stasis.status("b"));
        stasis.good("resume", "b");
        fork.awaitOutput("clone 1 True 1\n"::equals);
        assertEquals("h\n", stasis.run("exec", "b", "/bin/uname", "-n").output());
        String image = stasis.folder().resolve("image").toString();
        stasis.good("checkpoint", "--leave-running", "--image-path", image, "c");
        assertEquals("paused", stasis.status("c"));
        stasis.good("resume", "c");
        fork.awaitOutput("clone 1 True 1\nclone 1 True 1\n"::equals);
        assertEquals("running", stasis.status("a"));
    }

    @Test
    void aForkThatCannotBeIsRefusedBeforeTheSourceStops() throws Exception {
        Program used = stasis.run("fork", "a", "a");
        assertEquals("stasis: container id \"a\" is in use\n", used.errors());
        Program none = stasis.run("fork", "nobody", "b");
        assertEquals("stasis: container \"nobody\" does not exist\n", none.errors());
        Program shared = stasis.run("fork", "--sentry=shared", "a", "b");
        assertEquals("stasis: --sentry=own is all there is yet\n", shared.errors());
        assertEquals("running", stasis.status("a"));
    }
}
