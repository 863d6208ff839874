package stasis.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.cli.Failure;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which platform is used when none is named, and what is said about it. */
class PlatformsTest {
    private final List<String> said = new ArrayList<>();

    /** One that this host cannot have. */
    private record Broken(String name, @Nullable String unavailable) implements PlatformProvider {
        @Override
        public Platform open(int hostBase) throws PlatformException {
            throw new PlatformException("seccomp(2) is refused");
        }
    }

    private String opened(PlatformProvider systrap) throws Failure {
        Map<String, PlatformProvider> all = new TreeMap<>(Platforms.all());
        all.put("systrap", systrap);
        try (Platform platform = Platforms.openBest(all, -1, said::add)) {
            return platform.name();
        }
    }

    @Test
    void theFastestComesFirst() throws Exception {
        try (Platform platform = Platforms.open(null, -1, said::add)) {
            assertEquals("systrap", platform.name());
        }
        assertEquals(List.of("platform systrap: the fastest that works here"), said);
    }

    @Test
    void oneThatDoesNotStartIsPassedOver() throws Exception {
        assertEquals("ptrace", opened(new Broken("systrap", null)));
        assertEquals("not used: platform systrap: seccomp(2) is refused", said.getFirst());
        assertTrue(said.getLast().startsWith("platform ptrace: "), said.getLast());
    }

    @Test
    void oneThatTheHostDoesNotHaveIsPassedOver() throws Exception {
        assertEquals("ptrace", opened(new Broken("systrap", "no FSGSBASE")));
        assertTrue(said.getFirst().endsWith("no FSGSBASE"), said.getFirst());
    }

    @Test
    void ifNoneWorksTheLastReasonIsTold() {
        Map<String, PlatformProvider> all =
                Map.of(
                        "systrap", new Broken("systrap", "no FSGSBASE"),
                        "ptrace", new Broken("ptrace", null));
        Failure e = assertThrows(Failure.class, () -> Platforms.openBest(all, -1, said::add));
        assertEquals("platform ptrace: seccomp(2) is refused", e.getMessage());
        assertEquals(2, said.size());
    }

    @Test
    void oneThatIsNamedIsTheOnlyOne() {
        Failure e = assertThrows(Failure.class, () -> Platforms.open("kvm", -1, said::add));
        assertTrue(String.valueOf(e.getMessage()).contains("ptrace"), e.getMessage());
    }
}
