package stasis.cli.front;

/** Descriptors that the front hands to the process that becomes the sentry. */
public final class SandboxFds {
    /** Written once: 8 bytes, the front's exit code, when it need not stay. */
    public static final int STATUS = 4;

    /** Signals sent to the front, each a {@code struct signalfd_siginfo}. */
    public static final int SIGNALS = 5;

    /** To the gofer, SOCK_STREAM. */
    public static final int GOFER = 7;

    /** To the helper: one byte asks for the pivot; its pid (8 bytes) comes back when it is done. */
    public static final int HELPER = 9;

    /** The caller's descriptors 3 and on are moved here. */
    public static final int PRESERVED = 303;

    /** So many descriptors of the caller are kept at most. */
    public static final int PRESERVED_MAX = 16;

    private SandboxFds() {}
}
