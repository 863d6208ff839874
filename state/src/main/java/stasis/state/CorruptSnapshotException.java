package stasis.state;

/** The bytes are not a snapshot this build can restore. One line says where and why. */
public final class CorruptSnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptSnapshotException(String message) {
        super(OneLine.of(message));
    }

    public CorruptSnapshotException(String message, Throwable cause) {
        super(OneLine.of(message), cause);
    }
}
