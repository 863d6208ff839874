package stasis.cli;

/** What {@code --version} says. */
public final class Version {
    public static final String TEXT = "0.1.0";

    /** Of the OCI runtime specification. */
    public static final String SPEC = "1.1.0";

    private Version() {}
}
