package stasis.snapshots;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The referee: the same root on this machine's own kernel. */
final class NativeRoot {
    /**
     * In namespaces of its own, so that nothing outlives the run and /tmp is empty and private, and
     * so are ports.
     */
    private static final String SETUP =
            """
            set -e
            ip link set lo up
            mount -t tmpfs tmpfs "$1/tmp"
            mount -t proc proc "$1/proc"
            mount --bind /dev "$1/dev"
            root=$1
            shift
            cd /
            exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/ LANG=C "$@"
            """;

    private NativeRoot() {}

    /** Needs root, or a kernel that gives user namespaces to everyone. */
    static GuestPrograms.Outcome run(Path root, List<String> argv) throws Exception {
        List<String> command = new ArrayList<>();
        command.addAll(List.of("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("--user", "--map-root-user"));
        }
        command.addAll(List.of("sh", "-c", SETUP, "native", root.toAbsolutePath().toString()));
        command.addAll(argv);
        return GuestPrograms.run(command);
    }
}
