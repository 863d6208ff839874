package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.cli.front.SandboxFds;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * How a process that has read what a caller gave it gives up everything else: first its rights,
 * then the host's files. The order matters: the first stub is a child that must have neither, and
 * is made in between, while there is a /proc to start it from.
 */
final class LockIn {
    private static final int NOBODY = 65534;
    private static final int PR_SET_DUMPABLE = 4;

    /** The build lets a sandbox run to fill the AOT cache, which is written when it ends. */
    private static final boolean TRAINING = Boolean.getBoolean("stasis.training");

    private LockIn() {}

    /** Nobody, unless the user has no other id anyway. */
    static void dropRights() throws HostException {
        if (TRAINING) return;
        if (Host.syscall(Nr.GETUID, 0, 0, 0) == 0) Host.becomeUser(NOBODY, NOBODY);
        Host.syscall(Nr.UMASK, 0077, 0, 0);
        dumpable(1); // /proc/self is ours to open once more
    }

    /** From here on there is a root with the JDK and our jars, and nothing else. */
    static void dropFiles() throws HostException {
        if (TRAINING) return;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom("/");
            HostException.check(Host.syscall(Nr.CHDIR, one.address(), 0, 0), "chdir /");
            Host.writeAll(SandboxFds.HELPER, new byte[] {1});
            MemorySegment answer = arena.allocate(JAVA_LONG);
            if (Host.read(SandboxFds.HELPER, answer) != 8) {
                throw new HostException("pivot_root by the helper", 1);
            }
            Host.waitpid((int) answer.get(JAVA_LONG, 0), 0, 0);
        }
        Host.close(SandboxFds.HELPER);
        dumpable(0); // stubs have our user id: none may look at us
    }

    private static void dumpable(int value) {
        Host.syscall(Nr.PRCTL, PR_SET_DUMPABLE, value, 0);
    }
}
