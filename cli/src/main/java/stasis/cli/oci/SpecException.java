package stasis.cli.oci;

/** One line: what is wrong in a config.json, and where. */
public final class SpecException extends Exception {
    private static final long serialVersionUID = 1L;

    public SpecException(String message) {
        super(message);
    }
}
