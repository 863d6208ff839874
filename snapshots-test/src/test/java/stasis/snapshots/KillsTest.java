package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Whoever is killed, at whatever moment: keeper, sandbox that waits or runs, front, gofer, command.
 * {@code -Dstasis.kills=500} for more of it, {@code -Dstasis.seed} for the same again.
 */
class KillsTest {
    private static final int ROUNDS = Integer.getInteger("stasis.kills", 20);
    private static final long LATEST_NANOS = 500_000_000;

    private final long seed = Long.getLong("stasis.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private CommandLine stasis;
    private Path bundle;
    private Path image;

    @BeforeEach
    void makeImage() throws Exception {
        stasis = new CommandLine();
        bundle = stasis.bundle("/usr/bin/python3", "-c", PoolTest.WORKER);
        image = stasis.imageOf(bundle);
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    private void create() throws Exception {
        stasis.good(
                "pool",
                "create",
                "--image",
                image.toString(),
                "--bundle",
                bundle.toString(),
                "--size",
                "2",
                "p");
    }

    /** It may live, or have been killed. */
    private void pool() throws Exception {
        if (stasis.run("pool", "list").output().contains("\np ")) return;
        create();
    }

    private Program anything(int round) throws Exception {
        String id = "c" + round;
        return switch (random.nextInt(5)) {
            case 0 -> stasis.start("pool", "claim", "--id", id, "p");
            case 1 -> stasis.start("pool", "claim", "--id", id, "-e", "STAY=1", "p");
            case 2 -> stasis.start("pool", "claim", "--detach", "--id", id, "-e", "STAY=1", "p");
            case 3 -> {
                String container = stasis.listed().lines().findFirst().orElse("none");
                yield stasis.start("fork", container, id);
            }
            default -> stasis.start("pool", "resize", "p", Integer.toString(1 + random.nextInt(3)));
        };
    }

    private void kill() throws Exception {
        List<String> all = Leftovers.of(stasis.folder());
        if (all.isEmpty()) return;
        String victim = all.get(random.nextInt(all.size()));
        long pid = Long.parseLong(victim.substring(0, victim.indexOf(' ')));
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void nothingIsLeftAndTheImageIsAsItWas() throws Exception {
        System.err.println("-Dstasis.seed=" + seed);
        for (int round = 0; round < ROUNDS; round++) {
            pool();
            Program program = anything(round);
            LockSupport.parkNanos(random.nextLong(LATEST_NANOS));
            kill();
            if (random.nextBoolean()) program.kill();
        }
        stasis.run("pool", "delete", "p");
        for (String id : stasis.listed().lines().toList()) stasis.run("delete", "--force", id);
        stasis.killAll();
        assertEquals(List.of(), Leftovers.whenAllHaveEnded(stasis.folder()));
        stasis.run("pool", "list");
        try (var left = Files.list(stasis.folder().resolve("state/@members"))) {
            assertEquals(List.of(), left.toList());
        }
        String mounts = Files.readString(Path.of("/proc/self/mounts"));
        assertFalse(mounts.contains(stasis.folder().toString()), mounts);
        create();
        Program claim = stasis.run("pool", "claim", "-e", "NAME=last", "p");
        assertEquals("last stasis\n", claim.output(), claim::errors);
        stasis.good("pool", "delete", "p");
    }
}
