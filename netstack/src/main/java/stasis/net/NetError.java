package stasis.net;

/**
 * What can go wrong with a packet, a connection or a call. The stack has no errno; whoever offers
 * sockets on top of it translates.
 *
 * <p>Calls that count return the count, or {@link #asResult()}; {@link #of} tells which.
 */
public enum NetError {
    /** Nothing to read, no room to write, nobody to accept: not now. */
    WOULD_BLOCK,
    /** The handshake has begun. */
    IN_PROGRESS,
    /** The handshake of an earlier call is still going on. */
    ALREADY_IN_PROGRESS,
    ALREADY_CONNECTED,
    NOT_CONNECTED,
    /** Sending after the sending side was shut down, or to a peer that is gone. */
    SHUT_DOWN,
    /** The call makes no sense in this state, or its arguments do not. */
    INVALID,
    NO_ROUTE,
    HOST_UNREACHABLE,
    PROTOCOL_UNREACHABLE,
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    DESTINATION_REQUIRED,
    CONNECTION_REFUSED,
    CONNECTION_RESET,
    CONNECTION_ABORTED,
    TIMED_OUT,
    MESSAGE_TOO_LONG,
    NO_BUFFERS,
    /** Broadcast without permission to. */
    ACCESS_DENIED;

    private static final NetError[] ALL = values();

    /** This error in place of a count: negative. */
    public int asResult() {
        return -1 - ordinal();
    }

    /** Precondition: {@code result} is negative. */
    public static NetError of(long result) {
        return ALL[(int) (-1 - result)];
    }
}
