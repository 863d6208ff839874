package stasis.net.ip;

/** Tells the sender of a packet that it cannot be received: ICMP, from below. */
public interface ErrorReporter {
    /** Whether that leads to a message is decided by RFC 1122 3.2.2 and a limit of the rate. */
    void report(Problem problem, Inbound in);

    enum Problem {
        PORT_UNREACHABLE,
        PROTOCOL_UNREACHABLE,
        REASSEMBLY_TIMED_OUT
    }
}
