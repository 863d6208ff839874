package stasis.kernel.mem;

/** Brings in pages that a restore has left in the image. Any thread, any lock held. */
public interface PageLoader {
    /** Whether {@link #load} would return at once. */
    boolean isThere(long offset, long length);

    /**
     * Makes sure that {@code [offset, offset + length)} of the memory file holds what was saved.
     *
     * @throws stasis.state.pages.LostPagesException if it cannot: the task must not go on
     */
    void load(long offset, long length);

    /** Everything that was saved and is still wanted. */
    void loadRest();

    /** Nobody holds these pages any more: what was saved of them is not to appear again. */
    void forget(long offset, long length);
}
