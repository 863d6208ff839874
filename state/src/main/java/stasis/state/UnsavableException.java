package stasis.state;

/** A live object cannot be saved. The message starts with the path to it from the root. */
public final class UnsavableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;

    public UnsavableException(String path, String why, Throwable cause) {
        super(OneLine.of(path + ": " + why), cause);
        this.path = path;
    }

    /** For example {@code Kernel.tasks[3].files[7]}. */
    public String path() {
        return path;
    }
}
