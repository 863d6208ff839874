package stasis.platform;

/** Why user code stopped. */
public sealed interface Stop {
    Syscall SYSCALL = new Syscall();
    Interrupted INTERRUPTED = new Interrupted();
    Exited EXITED = new Exited();

    /** It wants a system call; see {@link ExecutionContext#run}. */
    record Syscall() implements Stop {}

    /**
     * It touched an address that is not mapped ({@code present} false), or not for what it did
     * (true). The host does not say whether it read, wrote or fetched.
     */
    record PageFault(long addr, boolean present) implements Stop {}

    /**
     * An exception of the processor that is no page fault, or a trap of another kind of system
     * call.
     *
     * @param signal SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGTRAP
     * @param code {@code si_code} as the host reports it
     * @param addr {@code si_addr}
     */
    record Fault(int signal, int code, long addr) implements Stop {}

    /** Someone called {@link ExecutionContext#interrupt}, or nothing happened at all. */
    record Interrupted() implements Stop {}

    /** The stub is gone: killed, or its address space was released. */
    record Exited() implements Stop {}
}
