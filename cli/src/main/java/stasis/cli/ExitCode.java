package stasis.cli;

/** Exit codes of the command line itself, as OCI clients know them from runc and shells. */
public final class ExitCode {
    /** Something did not work: most failures. */
    public static final int FAILED = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** The program is there and cannot be executed. */
    public static final int CANNOT_EXECUTE = 126;

    /** The program is not there. */
    public static final int NOT_FOUND = 127;

    /** The sandbox could not be made or broke. */
    public static final int SANDBOX = 128;

    private ExitCode() {}

    /** A shell's view of a wait(2) status. */
    public static int ofWaitStatus(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? status >> 8 & 0xff : 128 + signal;
    }
}
