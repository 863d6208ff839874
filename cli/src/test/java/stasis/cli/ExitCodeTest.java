package stasis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void aCodeIsKept() {
        assertEquals(7, ExitCode.ofWaitStatus(7 << 8));
        assertEquals(255, ExitCode.ofWaitStatus(255 << 8));
    }

    @Test
    void aSignalIsAddedTo128WithOrWithoutACore() {
        assertEquals(137, ExitCode.ofWaitStatus(9));
        assertEquals(139, ExitCode.ofWaitStatus(11 | 0x80));
    }
}
