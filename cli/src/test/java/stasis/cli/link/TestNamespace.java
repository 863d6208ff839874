package stasis.cli.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import stasis.host.HostException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A network namespace that is gone when the test is, however that ends. */
final class TestNamespace implements AutoCloseable {
    /** Holds it until its input ends. */
    private final Process holder;

    private TestNamespace(Process holder) {
        this.holder = holder;
    }

    static TestNamespace make() throws IOException {
        Process holder =
                new ProcessBuilder("unshare", "--net", "sh", "-c", "echo ready; cat")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (holder.getInputStream().read() != 'r') throw new IOException("no namespace");
        return new TestNamespace(holder);
    }

    String path() {
        return "/proc/" + holder.pid() + "/ns/net";
    }

    long pid() {
        return holder.pid();
    }

    /** What a command prints here. */
    String run(String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + path()));
        all.addAll(List.of(command));
        Process p = new ProcessBuilder(all).redirectErrorStream(true).start();
        p.getOutputStream().close();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), () -> String.join(" ", command) + ": " + out);
        return out;
    }

    /** Commands of ip(8), a line each. */
    void ip(String lines) throws IOException, InterruptedException {
        for (String line : lines.lines().toList()) run(("ip " + line.strip()).split(" "));
    }

    <T> T in(NetworkNamespace.Work<T> work) throws HostException {
        return NetworkNamespace.in(path(), work);
    }

    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
