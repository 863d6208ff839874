package stasis.cli.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.cli.ExitCode;
import stasis.cli.Failure;

import java.nio.charset.StandardCharsets;
import java.util.List;

class ClaimRequestTest {
    private static ClaimRequest request(String... words) throws Failure {
        String message = String.join("\0", words) + "\0";
        return ClaimRequest.of(message.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(String... words) {
        Failure failure = assertThrows(Failure.class, () -> request(words));
        assertEquals(ExitCode.USAGE, failure.code());
    }

    @Test
    void aPoolIsEnough() throws Exception {
        ClaimRequest r = request("p");
        assertNull(r.id());
        assertNull(r.hostname());
        assertTrue(r.waits());
        assertFalse(r.paused());
        assertEquals(List.of(), r.environment());
        assertEquals(30_000, r.timeoutMillis());
    }

    @Test
    void optionsStandAnywhereAndInBothForms() throws Exception {
        ClaimRequest r =
                request(
                        "--id=x",
                        "-d",
                        "p",
                        "--env",
                        "A=b=c",
                        "--env=B=",
                        "--hostname",
                        "h",
                        "--timeout=1.5",
                        "--paused");
        assertEquals("x", r.id());
        assertEquals("h", r.hostname());
        assertEquals(List.of("A=b=c", "B="), r.environment());
        assertEquals(1500, r.timeoutMillis());
        assertFalse(r.waits());
        assertTrue(r.paused());
    }

    @Test
    void notToWaitIsNoTime() throws Exception {
        assertEquals(0, request("--no-wait", "p").timeoutMillis());
    }

    @Test
    void nonsenseIsRefused() {
        refused("p", "q");
        refused("p", "--what");
        refused("p", "--id");
        refused("p", "--env", "=value");
        refused("p", "--env", "A=two\nlines");
        refused("p", "--hostname", "");
        refused("p", "--timeout", "soon");
        refused("p", "--timeout", "-1");
        refused("p", "--timeout", "NaN");
    }
}
