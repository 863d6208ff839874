package stasis.cli.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class HooksTest {
    @Test
    void eachPhaseHasItsHooksInTheirOrder() throws SpecException {
        Hooks hooks =
                Hooks.of(
                        Map.of(
                                "poststop",
                                List.of(
                                        Map.of("path", "/bin/a", "args", List.of("x", "y")),
                                        Map.of("path", "/bin/b", "timeout", 5L))));
        assertEquals(
                List.of(
                        new Hooks.Hook("/bin/a", List.of("x", "y"), List.of(), 0),
                        new Hooks.Hook("/bin/b", List.of("/bin/b"), List.of(), 5)),
                hooks.at(Hooks.Phase.POSTSTOP));
        assertEquals(List.of(), hooks.at(Hooks.Phase.PRESTART));
        assertTrue(hooks.anyOutside());
    }

    @Test
    void hooksOfTheGuestNeedNobodyOutside() throws SpecException {
        Map<String, Object> hook = Map.of("path", "/bin/a");
        assertFalse(Hooks.of(Map.of("startContainer", List.of(hook))).anyOutside());
        assertFalse(Hooks.of(Map.of()).anyOutside());
    }

    @Test
    void whatIsWrongIsToldWithItsPath() {
        assertEquals("hooks.prestart[0].path is not absolute", problem(Map.of("path", "a")));
        assertEquals("hooks.prestart[0].path is missing", problem(Map.of()));
        assertEquals(
                "hooks.prestart[0].timeout is not above 0",
                problem(Map.of("path", "/a", "timeout", 0L)));
    }

    private static String problem(Map<String, Object> hook) {
        Map<String, Object> hooks = Map.of("prestart", List.of(hook));
        return String.valueOf(
                assertThrows(SpecException.class, () -> Hooks.of(hooks)).getMessage());
    }
}
