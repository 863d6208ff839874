package stasis.platform.stub;

/** The stub is gone, or no longer to be trusted. Shared; without a stack trace. */
public final class StubDiedException extends Exception {
    private static final long serialVersionUID = 1L;

    public static final StubDiedException DIED = new StubDiedException();

    private StubDiedException() {
        super("stub died", null, false, false);
    }
}
