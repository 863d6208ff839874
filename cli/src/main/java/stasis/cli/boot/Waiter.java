package stasis.cli.boot;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.nio.file.Path;
import java.util.List;

/** Starts the small process that stands for a program of a sandbox, and ends as it does. */
public final class Waiter {
    /** Above what a JVM has open; the program closes all others. */
    private static final int WAITERS_FD = 200;

    private Waiter() {}

    /**
     * @param conversation on which the exit code will come; its process id
     */
    public static long start(HostFd conversation) throws Failure {
        Path program = Path.of(String.valueOf(System.getProperty("stasis.home")), "waiter");
        try {
            HostException.check(
                    Host.syscall(Nr.DUP3, conversation.number(), WAITERS_FD, 0), "dup3");
            return Host.spawn(program.toString(), List.of("stasis-exec"), List.of());
        } catch (HostException e) {
            throw new Failure(
                    ExitCode.FAILED, "cannot start " + program + ": " + e.getMessage(), e);
        }
    }
}
