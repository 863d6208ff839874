package stasis.state.pages;

/**
 * Memory is needed that the image has not, or not undamaged. Whoever reads or runs on it must end:
 * there is nothing to go on with.
 */
public final class LostPagesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LostPagesException(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
