package stasis.net;

/** What can go wrong with a packet or a connection. The stack has no errno. */
public enum NetError {
    NO_ROUTE,
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    CONNECTION_REFUSED,
    CONNECTION_RESET,
    TIMED_OUT
}
