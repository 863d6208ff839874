package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Sandboxes on a network, as others on it see them: this machine's own stack and its tools. */
class NetworkTest {
    private static final String WAITS = "echo up; read -r _";

    private CommandLine stasis;
    private Cable cable;

    @BeforeEach
    void open() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
        stasis = new CommandLine();
        cable = Cable.lay();
    }

    @AfterEach
    void close() throws Exception {
        try {
            if (stasis != null) stasis.close();
        } finally {
            if (cable != null) cable.close();
        }
    }

    private Program run(String id, Bundle bundle, String... global) throws Exception {
        Path made = bundle.writeTo(stasis.folder());
        String[] all = new String[global.length + 4];
        System.arraycopy(global, 0, all, 0, global.length);
        System.arraycopy(
                new String[] {"run", "--bundle", made.toString(), id}, 0, all, global.length, 4);
        return stasis.start(all);
    }

    private Program waiting(String... global) throws Exception {
        Program program = run("a", cable.bundle("/bin/sh", "-c", WAITS), global);
        program.awaitOutput("up\n"::equals);
        return program;
    }

    private static void end(Program program) throws Exception {
        program.endInput();
        program.exitCode();
    }

    // ---- the interface

    @Test
    void answersPing() throws Exception {
        waiting();
        String said = cable.outside.debian("ping", "-n", "-c", "3", "-i", "0.2", Cable.INSIDE);
        assertTrue(said.contains("3 received"), said);
    }

    @Test
    void answersPingOverV6() throws Exception {
        waiting();
        String said = cable.outside.debian("ping", "-n", "-c", "3", "-i", "0.2", Cable.INSIDE_V6);
        assertTrue(said.contains("3 received"), said);
    }

    @Test
    void largePingsComeBackInFragments() throws Exception {
        waiting();
        for (String to : List.of(Cable.INSIDE, Cable.INSIDE_V6)) {
            String said = cable.outside.debian("ping", "-n", "-c", "2", "-s", "9000", to);
            assertTrue(said.contains("2 received"), said);
        }
    }

    @Test
    void hasTheLinkAddressOfTheInterface() throws Exception {
        waiting();
        cable.outside.debian("ping", "-n", "-c", "1", Cable.INSIDE);
        String neighbors = cable.outside.run("ip", "neigh").output();
        assertTrue(neighbors.contains(Cable.INSIDE + " dev br0 lladdr " + Cable.LINK_ADDRESS));
    }

    @Test
    void nobodyAnswersWhenItHasEnded() throws Exception {
        Program program = waiting();
        cable.outside.debian("ping", "-n", "-c", "1", Cable.INSIDE);
        end(program);
        GuestPrograms.Outcome ping =
                GuestPrograms.run(
                        cable.outside.debianCommand(
                                "ping", "-n", "-c", "1", "-W", "1", Cable.INSIDE));
        assertEquals(1, ping.exitCode(), ping.output());
    }

    @Test
    void withNetworkNoneTheInterfaceIsLeftToTheHost() throws Exception {
        Program program = waiting("--network=none");
        assertTrue(cable.inside.run("ip", "addr").output().contains(Cable.INSIDE));
        end(program);
        assertEquals("", program.errors());
    }

    @Test
    void namespaceThatIsNotThereIsSaidToBeSo() throws Exception {
        Bundle bundle =
                new Bundle("/bin/true")
                        .linux(
                                "namespaces",
                                List.of(
                                        java.util.Map.of(
                                                "type", "network", "path", "/run/netns/none")));
        Program program = run("a", bundle);
        assertTrue(program.exitCode() != 0);
        assertTrue(program.errors().contains("/run/netns/none"), program.errors());
    }

    // ---- looking on

    @Test
    void captureIsOpenedByTcpdump() throws Exception {
        Path file = ProgramsTest.ROOT.toAbsolutePath().resolve("tmp/capture.pcapng");
        try {
            Program program = waiting("--pcap=" + file);
            cable.outside.debian("ping", "-n", "-c", "2", "-i", "0.2", Cable.INSIDE);
            end(program);
            String said =
                    cable.outside.debian(
                            "tcpdump", "-Z", "root", "-n", "-r", "/tmp/capture.pcapng", "icmp");
            String request = Cable.OUTSIDE + " > " + Cable.INSIDE + ": ICMP echo request";
            String reply = Cable.INSIDE + " > " + Cable.OUTSIDE + ": ICMP echo reply";
            assertEquals(2, occurrences(said, request), said);
            assertEquals(2, occurrences(said, reply), said);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static int occurrences(String text, String of) {
        return text.split(java.util.regex.Pattern.quote(of), -1).length - 1;
    }

    @Test
    void packetsAreTold() throws Exception {
        Program program = waiting("--log-packets");
        cable.outside.debian("ping", "-n", "-c", "1", Cable.INSIDE);
        end(program);
        String reply = "eth0 > icmp 10.77.0.2 > 10.77.0.1 type 0 code 0";
        assertTrue(program.errors().contains(reply), program.errors());
    }

    // ---- do --network

    /** The namespace outside is the host: sandboxes are to reach what is at the end inside. */
    @Test
    void networkOfItsOwnIsGoneWithIt() throws Exception {
        Program program =
                stasis.start(
                        cable.outside.prefix(),
                        stasis.folder(),
                        "do",
                        "--network",
                        "/bin/sh",
                        "-c",
                        WAITS);
        program.awaitOutput("up\n"::equals);
        cable.outside.debian("ping", "-n", "-c", "1", "10.201.0.2");
        assertTrue(cable.outside.run("nft", "list", "ruleset").output().contains("masquerade"));
        end(program);
        awaitNothingLeft();
    }

    @Test
    void networkOfItsOwnIsGoneWhenKilled() throws Exception {
        Program program =
                stasis.start(
                        cable.outside.prefix(),
                        stasis.folder(),
                        "do",
                        "--network",
                        "/bin/sh",
                        "-c",
                        WAITS);
        program.awaitOutput("up\n"::equals);
        program.kill();
        awaitNothingLeft();
    }

    private void awaitNothingLeft() throws Exception {
        await(() -> !said("ip", "link").contains("stasis"));
        await(() -> said("nft", "list", "ruleset").isEmpty());
        assertFalse(said("ip", "addr").contains("10.201."));
    }

    private String said(String... command) {
        try {
            return cable.outside.run(command).output();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) throw new AssertionError("it did not come to be");
            LockSupport.parkNanos(5_000_000);
        }
    }
}
