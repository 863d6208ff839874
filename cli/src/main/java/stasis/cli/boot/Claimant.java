package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import stasis.cli.ExitCode;
import stasis.cli.control.ClaimReply;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Scratch;

import java.lang.foreign.MemorySegment;

/**
 * The program that took a sandbox out of a pool and stands for it: it ends with the sandbox's exit
 * code, and when it dies the sandbox ends.
 */
final class Claimant {
    private static final int SIGKILL = 9;

    private final HostFd connection;

    Claimant(HostFd connection) {
        this.connection = connection;
    }

    void watch(Supervisor supervisor) {
        Thread.ofPlatform()
                .daemon()
                .name("claimant")
                .start(
                        () -> {
                            awaitGone();
                            supervisor.end(ExitCode.SANDBOX + SIGKILL);
                        });
    }

    /** It says nothing more: whatever happens on its connection is the end. */
    private void awaitGone() {
        MemorySegment poll =
                Scratch.ofThisThread().struct(); // struct pollfd, POLLHUP is told always
        poll.set(JAVA_INT, 0, connection.number());
        poll.set(JAVA_INT, 4, 0);
        while (Host.poll(poll.address(), 1, -1) <= 0) {
            poll.set(JAVA_INT, 4, 0);
        }
    }

    /** For one that does not wait. */
    void started(String id) {
        try (connection) {
            ClaimReply.send(connection, 0, id + "\n");
        } catch (HostException e) {
            return; // it is gone
        }
    }

    void ended(int code) {
        try {
            ClaimReply.send(connection, code, "");
        } catch (HostException e) {
            return; // it is gone
        }
    }
}
