package stasis.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import stasis.cli.Failure;

class KillCommandTest {
    @Test
    void signalsHaveNumbersAndNames() throws Failure {
        assertEquals(9, KillCommand.signal("9"));
        assertEquals(15, KillCommand.signal("SIGTERM"));
        assertEquals(15, KillCommand.signal("term"));
        assertEquals(64, KillCommand.signal("64"));
        assertEquals(31, KillCommand.signal("SYS"));
    }

    @Test
    void othersAreRefused() {
        for (String text : new String[] {"65", "-1", "SIGFOO", ""}) {
            assertThrows(Failure.class, () -> KillCommand.signal(text), text);
        }
    }
}
