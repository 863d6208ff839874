package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A network namespace of the host that is gone when the test is, however that ends. */
final class NetworkNamespace implements AutoCloseable {
    private static final String ENTER =
            """
            set -e
            mount --bind /dev "$1/dev"
            mount -t proc proc "$1/proc"
            root=$1
            shift
            exec chroot "$root" "$@"
            """;

    /** Holds it until its input ends. */
    private final Process holder;

    private NetworkNamespace(Process holder) {
        this.holder = holder;
    }

    static NetworkNamespace make() throws Exception {
        Process holder =
                new ProcessBuilder("unshare", "--net", "sh", "-c", "echo ready; exec cat")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (holder.getInputStream().read() != 'r') throw new IOException("no namespace");
        NetworkNamespace made = new NetworkNamespace(holder);
        made.ip("link set lo up");
        return made;
    }

    String path() {
        return "/proc/" + holder.pid() + "/ns/net";
    }

    /** Runs the command that follows here. */
    List<String> prefix() {
        return List.of("nsenter", "--net=" + path());
    }

    /** A command of this machine. */
    GuestPrograms.Outcome run(String... command) throws Exception {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(List.of(command));
        return GuestPrograms.run(all);
    }

    /** One of the Debian root while it runs. */
    Program startDebian(String... command) throws IOException {
        return new Program(new ProcessBuilder(debianCommand(command)).start());
    }

    /** What one of the Debian root prints that works. */
    String debian(String... command) throws Exception {
        GuestPrograms.Outcome outcome = GuestPrograms.run(debianCommand(command));
        assertEquals(0, outcome.exitCode(), () -> List.of(command) + ": " + outcome.output());
        return outcome.output();
    }

    List<String> debianCommand(String... command) {
        List<String> all = new ArrayList<>(prefix());
        String root = ProgramsTest.ROOT.toAbsolutePath().toString();
        all.addAll(List.of("unshare", "--mount", "sh", "-c", ENTER, "sh", root));
        all.addAll(List.of(command));
        return all;
    }

    /** Commands of ip(8), a line each. */
    void ip(String lines) throws Exception {
        for (String line : lines.strip().lines().toList()) {
            GuestPrograms.Outcome outcome = run(("ip " + line.strip()).split(" "));
            assertEquals(0, outcome.exitCode(), () -> line + ": " + outcome.output());
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }

    long pid() {
        return holder.pid();
    }
}
