package stasis.cli;

/** Ends a command with one line and an exit code. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    public Failure(int code, String message) {
        super(message);
        this.code = code;
    }

    public Failure(int code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
