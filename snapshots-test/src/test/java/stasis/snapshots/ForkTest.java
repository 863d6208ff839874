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

    /**
     * Writes, drops, maps anew, protects and forks at random, in each clone other pages, and
     * compares every page with what it should be.
     */
    private static final String CHANGER =
            """
            import ctypes, mmap, os, random, select
            N = 3000
            libc = ctypes.CDLL(None)
            libc.mmap.restype = ctypes.c_void_p
            m = mmap.mmap(-1, N * 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            base = ctypes.addressof(ctypes.c_char.from_buffer(m))
            words, bad = [0] * N, 0
            at = lambda i: ctypes.c_void_p(base + i * 4096)
            size = lambda n: ctypes.c_size_t(n * 4096)
            def page(i): return words[i].to_bytes(8, 'little') * 512
            def write(i):
                words[i] = random.getrandbits(64)
                m[i * 4096:(i + 1) * 4096] = page(i)
            def good(): return all(m[i * 4096:(i + 1) * 4096] == page(i) for i in range(N))
            def child():
                pid = os.fork()
                if pid: return os.waitpid(pid, 0)[1] != 0
                for _ in range(200): write(random.randrange(N))
                os._exit(0 if good() else 1)
            def change():
                i, kind = random.randrange(N), random.randrange(40)
                n = min(N - i, random.randrange(1, 200))
                if kind == 0: libc.madvise(at(i), size(n), 4)
                elif kind == 1: libc.mmap(at(i), size(n), 3, 0x32, -1, ctypes.c_long(0))
                elif kind == 2:
                    libc.mprotect(at(i), size(n), 1)
                    libc.mprotect(at(i), size(n), 3)
                    return write(i)
                else: return write(i)
                words[i:i + n] = [0] * n
            def work(times):
                global bad
                for _ in range(times): change()
                bad += child()
                bad += not good()
            f = os.open('/proc/stasis/generation', os.O_RDONLY)
            p = select.poll()
            p.register(f, select.POLLPRI)
            work(2000)
            print('ready', bad, flush=True)
            depth = 0
            while not os.path.exists('/tmp/stop'):
                work(20)
                if not p.poll(1): continue
                os.lseek(f, 0, 0); os.read(f, 100)
                random.seed()
                work(1000)
                depth += 1
                print('clone', depth, bad, flush=True)
            work(1000)
            print('end', depth, bad, flush=True)
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
        Program touch = stasis.run("exec", id, "/bin/touch", "/tmp/stop");
        assertEquals(0, touch.exitCode(), touch::errors);
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
    void everyPageIsRightInATreeOfForks() throws Exception {
        String bundle = stasis.bundle("/usr/bin/python3", "-c", CHANGER).toString();
        Program root = stasis.startDetached("run", "--detach", "--bundle", bundle, "r");
        root.awaitOutput("ready 0\n"::equals);
        Program first = stasis.startDetached("fork", "--count", "2", "r", "s");
        first.awaitOutput("clone 1 0\nclone 1 0\n"::equals);
        Program second = stasis.startDetached("fork", "s-1", "t");
        second.awaitOutput("clone 2 0\n"::equals);
        Program third = stasis.startDetached("fork", "--count", "2", "t", "u");
        third.awaitOutput("clone 3 0\nclone 3 0\n"::equals);
        Program again = stasis.startDetached("fork", "r", "v");
        again.awaitOutput("clone 1 0\n"::equals);
        String image = stasis.folder().resolve("image").toString();
        stasis.good("checkpoint", "--leave-running", "--image-path", image, "u-1");
        for (String id : List.of("r", "s-1", "s-2", "t", "u-1", "u-2", "v")) stop(id);
        root.awaitOutput("ready 0\nend 0 0\n"::equals);
        first.awaitOutput(text -> text.endsWith("end 1 0\nend 1 0\n"));
        second.awaitOutput(text -> text.endsWith("end 2 0\n"));
        third.awaitOutput(text -> text.endsWith("end 3 0\nend 3 0\n"));
        again.awaitOutput(text -> text.endsWith("end 1 0\n"));
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
