package stasis.net.tcp;

/** RFC 9293 3.3.2. */
public enum TcpState {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT;

    /** Both sides have seen the other's SYN. */
    boolean isSynchronized() {
        return ordinal() >= ESTABLISHED.ordinal();
    }

    /** Data and FIN of the peer are still to come. */
    boolean mayReceive() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }

    /** New data may still be handed in. */
    boolean maySend() {
        return this == ESTABLISHED || this == CLOSE_WAIT;
    }

    /** Data or a FIN may be under way. */
    boolean maySendQueued() {
        return maySend() || this == FIN_WAIT_1 || this == CLOSING || this == LAST_ACK;
    }
}
