package stasis.gofer.protocol;

/** The other side sent bytes that are no 9P message. The connection is of no further use. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    public ProtocolException(String message) {
        super(message);
    }
}
