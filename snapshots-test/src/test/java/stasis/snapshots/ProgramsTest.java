package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import stasis.platform.ptrace.PtraceProvider;

/** Real programs of the Debian root print what they should, saved in between or not. */
class ProgramsTest {
    private static final Path ROOT = Path.of("target/debian/root");

    private static void expect(String output, int every, String... argv) throws Exception {
        try (Sandbox sandbox = new Sandbox(new PtraceProvider()).savedEvery(every)) {
            Sandbox.Result r = sandbox.run(sandbox.hostRoot(ROOT), List.of(argv));
            assertEquals(output, r.output());
            assertEquals(0, r.exitCode());
        }
    }

    @Test
    void bashPipeline() throws Exception {
        expect("5050\n", 0, "/bin/bash", "-c", "seq 100 | awk '{s+=$1} END {print s}'");
    }

    @Test
    void bashPipelineThroughSaves() throws Exception {
        expect("5050\n", 3, "/bin/bash", "-c", "seq 100 | awk '{s+=$1} END {print s}'");
    }

    @Test
    void python() throws Exception {
        expect("hi 499500\n", 20, "/usr/bin/python3", "-c", "print('hi', sum(range(1000)))");
    }
}
