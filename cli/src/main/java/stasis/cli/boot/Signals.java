package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.front.SandboxFds;
import stasis.host.Host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Signals that the front got are signals to the container's first process. When the front dies, a
 * container that it waited for has lost its caller, and ends.
 */
final class Signals {
    private static final int SIGINFO_BYTES = 128;
    private static final int EINTR = 4;
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGWINCH = 28;

    private final Supervisor supervisor;
    private final boolean detached;

    /**
     * @param detached whether the front ends before the container does
     */
    Signals(Supervisor supervisor, boolean detached) {
        this.supervisor = supervisor;
        this.detached = detached;
    }

    void start() {
        Thread.ofPlatform().daemon().name("signals").start(this::forward);
    }

    private void forward() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_BYTES, 8);
            while (true) {
                long n = Host.read(SandboxFds.SIGNALS, info);
                if (n == -EINTR) continue;
                if (n != SIGINFO_BYTES) break;
                one(info.get(JAVA_INT, 0));
            }
            if (!detached) supervisor.end(ExitCode.SANDBOX + SIGKILL);
        }
    }

    private void one(int signal) {
        try {
            if (signal != SIGCONT && signal != SIGWINCH) supervisor.kill(signal, 0, false);
        } catch (Failure e) {
            return; // it has just ended
        }
    }
}
