package stasis.cli.front;

import java.util.List;

/** Runs without namespaces, in which JVMs learn what their AOT caches are to hold. */
enum Training {
    /** None: a front for use. */
    NONE(),

    /** A sandbox that starts a program, its gofer, and a command that asks it for something. */
    START("sentry", "gofer", "cli"),

    /** A sandbox that is restored. */
    RESTORE("restore");

    private final List<String> kinds;

    Training(String... kinds) {
        this.kinds = List.of(kinds);
    }

    /** Whether a process of that kind writes a cache at its end. */
    boolean teaches(String kind) {
        return kinds.contains(kind);
    }
}
