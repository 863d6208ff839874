package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.cli.Json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Pools: what is claimed, what is kept ready, and what is left of either. */
class PoolTest {
    /** Does what its clone's environment says. */
    static final String WORKER =
            """
            import os, select, secrets, uuid
            f = os.open('/proc/stasis/generation', os.O_RDONLY)
            p = select.poll()
            p.register(f, select.POLLPRI)
            print('ready', flush=True)
            p.poll()
            env = dict(l.rstrip('\\n').split('=', 1) for l in open('/proc/stasis/environment'))
            print(env.get('NAME'), os.uname().nodename, flush=True)
            if env.get('DRAW'):
                print('getrandom', os.getrandom(16).hex())
                print('urandom', open('/dev/urandom', 'rb').read(16).hex())
                print('secrets', secrets.token_hex(16))
                print('uuid4', uuid.uuid4())
                print('kernel', open('/proc/sys/kernel/random/uuid').read().strip())
                print('boot', open('/proc/sys/kernel/random/boot_id').read().strip())
                print('generation', open('/proc/stasis/generation').read().strip(), flush=True)
            if env.get('STAY'):
                while True: select.select([], [], [])
            os._exit(int(env.get('CODE', 0)))
            """;

    private static final long PATIENCE_SECONDS = 60;

    private CommandLine stasis;
    private Path bundle;
    private Path image;

    @BeforeEach
    void makeImage() throws Exception {
        stasis = new CommandLine();
        bundle = stasis.bundle("/usr/bin/python3", "-c", WORKER);
        image = stasis.imageOf(bundle);
    }

    @AfterEach
    void close() throws Exception {
        for (String pool : pools().keySet()) stasis.run("pool", "delete", pool);
        stasis.close();
        assertEquals(List.of(), Leftovers.whenAllHaveEnded(stasis.folder()));
    }

    private void create(int size) throws Exception {
        stasis.good(
                "pool",
                "create",
                "--image",
                image.toString(),
                "--bundle",
                bundle.toString(),
                "--size",
                Integer.toString(size),
                "--name",
                "p");
    }

    /** What {@code pool list} says, by name. */
    private Map<String, Map<?, ?>> pools() throws Exception {
        Program list = stasis.run("pool", "list", "--format", "json");
        String json = "{\"pools\":" + list.output() + "}";
        Map<String, Map<?, ?>> pools = new HashMap<>();
        Object all = Json.object(json.getBytes(StandardCharsets.UTF_8)).get("pools");
        for (Object one : (List<?>) all) {
            Map<?, ?> pool = (Map<?, ?>) one;
            pools.put(String.valueOf(pool.get("id")), pool);
        }
        return pools;
    }

    private Map<?, ?> awaitReady(long count) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        Map<?, ?> pool = pools().get("p");
        while (!Long.valueOf(count).equals(pool.get("ready"))
                || !Long.valueOf(0).equals(pool.get("starting"))) {
            assertTrue(System.nanoTime() < until, pool::toString);
            pool = pools().get("p");
        }
        return pool;
    }

    private Program claim(String... options) throws Exception {
        String[] all = new String[options.length + 3];
        all[0] = "pool";
        all[1] = "claim";
        System.arraycopy(options, 0, all, 2, options.length);
        all[all.length - 1] = "p";
        return stasis.start(all);
    }

    private static void endsWith(int code, Program program) throws Exception {
        program.endInput();
        assertEquals(code, program.exitCode(), program::errors);
    }

    @Test
    void eachClaimGoesOnAsAContainerOfItsOwn() throws Exception {
        create(2);
        Program one = claim("--env", "NAME=one", "--env=CODE=7", "--hostname", "first");
        Program two = claim("-e", "NAME=two");
        endsWith(7, one);
        endsWith(0, two);
        assertEquals("one first\n", one.output());
        assertEquals("two stasis\n", two.output());
        assertEquals("", stasis.listed());
        assertEquals(2L, awaitReady(2).get("claimed"));
    }

    @Test
    void whatWasClaimedIsAnOrdinaryContainer() throws Exception {
        create(1);
        Program claim =
                stasis.startDetached(
                        "pool",
                        "claim",
                        "--detach",
                        "--id",
                        "x",
                        "-e",
                        "NAME=x",
                        "-e",
                        "STAY=1",
                        "p");
        claim.awaitOutput("x\nx stasis\n"::equals);
        assertEquals("running", stasis.status("x"));
        assertEquals("there\n", stasis.run("exec", "x", "/bin/echo", "there").output());
        Program again = claim("--id", "x");
        endsWith(1, again);
        assertEquals("stasis: container id \"x\" is in use\n", again.errors());
        stasis.good("checkpoint", "--image-path", stasis.folder().resolve("i2").toString(), "x");
        assertEquals("stopped", stasis.status("x"));
        stasis.good("delete", "x");
        awaitReady(1);
    }

    @Test
    void anEmptyPoolSaysSo() throws Exception {
        create(1);
        stasis.good("pool", "resize", "p", "0");
        awaitReady(0);
        Program claim = claim("--no-wait");
        endsWith(1, claim);
        assertEquals("stasis: pool \"p\" is empty: its size is 0\n", claim.errors());
        Program patient = claim("-e", "NAME=patient");
        stasis.good("pool", "resize", "p", "--size", "2");
        endsWith(0, patient);
        assertEquals("patient stasis\n", patient.output());
        awaitReady(2);
    }

    @Test
    void wrongClaimsAreRefused() throws Exception {
        create(1);
        Program unknown = claim("--bad");
        endsWith(2, unknown);
        assertTrue(unknown.errors().startsWith("stasis: pool claim: what is \"--bad\"?"));
        Program variable = claim("--env", "noEquals");
        endsWith(2, variable);
        assertEquals("stasis: --env takes NAME=VALUE, not \"noEquals\"\n", variable.errors());
        Program twice =
                stasis.run("pool", "create", "--image", image.toString(), "-b", bundle + "", "p");
        assertEquals("stasis: there is a pool \"p\" already\n", twice.errors());
        Program nowhere = stasis.run("pool", "claim", "q");
        assertEquals("stasis: pool \"q\" does not exist\n", nowhere.errors());
        assertEquals(1L, awaitReady(1).get("size"));
    }

    @Test
    void aPoolOfADamagedImageIsNotMade() throws Exception {
        Path graph = image.resolve("kernel.graph");
        byte[] bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);
        Program create =
                stasis.run(
                        "pool",
                        "create",
                        "--image",
                        image.toString(),
                        "--bundle",
                        bundle.toString(),
                        "p");
        assertEquals(128, create.exitCode());
        assertEquals(1, create.errors().lines().count(), create::errors);
        assertTrue(create.errors().contains("kernel.graph"), create::errors);
        assertFalse(pools().containsKey("p"));
    }

    @Test
    void whatClonesCannotHaveIsRefused() throws Exception {
        Path hooks =
                new Bundle("/bin/true")
                        .hooks(Map.of("prestart", List.of(Map.of("path", "/bin/true"))))
                        .writeTo(stasis.folder());
        Path terminal = new Bundle("/bin/true").terminal().writeTo(stasis.folder());
        for (Path bad : List.of(hooks, terminal)) {
            Program create =
                    stasis.run("pool", "create", "--image", image.toString(), "-b", bad + "", "q");
            assertEquals(1, create.errors().lines().count(), create::errors);
            assertTrue(create.errors().endsWith(", which clones cannot have yet\n"));
            assertTrue(create.exitCode() != 0);
        }
    }

    @Test
    void theImageMayGoAndARunningContainerMayBeTheSource() throws Exception {
        create(1);
        CommandLine.remove(image);
        endsWith(0, claim());
        Program source =
                stasis.startDetached("pool", "claim", "--detach", "--id", "s", "-e", "STAY=1", "p");
        source.awaitOutput(text -> text.contains("None"));
        stasis.good("pool", "create", "--from", "s", "--name", "q", "--size", "1");
        stasis.good("delete", "--force", "s");
        Program clone = stasis.startDetached("pool", "claim", "--detach", "--id", "t", "q");
        clone.awaitOutput("t\n"::equals);
        assertEquals("running", stasis.status("t"));
        stasis.good("pool", "delete", "q");
    }

    @Test
    void aClaimantThatIsKilledTakesItsContainerWithIt() throws Exception {
        create(1);
        Program claim = claim("--id", "x", "-e", "STAY=1");
        claim.awaitOutput(text -> !text.isEmpty());
        claim.kill();
        while (stasis.listed().contains("x")) Thread.onSpinWait();
        awaitReady(1);
    }

    @Test
    void aKeeperThatIsKilledLeavesOnlyWhatWasClaimed() throws Exception {
        create(2);
        Program claim =
                stasis.startDetached("pool", "claim", "-d", "--id", "x", "-e", "STAY=1", "p");
        claim.awaitOutput(text -> text.contains("stasis"));
        long keeper = (Long) awaitReady(2).get("pid");
        ProcessHandle process = ProcessHandle.of(keeper).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
        Program late = stasis.run("pool", "claim", "--no-wait", "p");
        assertTrue(late.exitCode() != 0, late::output);
        assertTrue(late.errors().startsWith("stasis: pool "), late::errors);
        assertEquals("running", stasis.status("x"));
        stasis.good("delete", "--force", "x");
        claim.kill();
        assertEquals(List.of(), Leftovers.whenAllHaveEnded(stasis.folder()));
        assertEquals(Map.of(), pools());
        try (var left = Files.list(stasis.folder().resolve("state/@members"))) {
            assertEquals(List.of(), left.toList());
        }
        create(1); // under the same name
        endsWith(0, claim());
    }

    @Test
    void fiftyClonesNeverDrawTheSame() throws Exception {
        create(4);
        Map<String, String> drawn = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            Program clone = claim("-e", "DRAW=1", "--timeout", "120");
            endsWith(0, clone);
            List<String> lines = clone.output().lines().skip(1).toList();
            assertEquals(7, lines.size(), clone::output);
            for (String line : lines) {
                String before = drawn.put(line.substring(line.indexOf(' ') + 1), line);
                assertEquals(null, before, line);
            }
        }
        assertEquals(350, drawn.size());
    }
}
