package stasis.kernel.mem;

/** Brings in pages that a restore has left in the image. */
public interface PageLoader {
    /**
     * Makes sure that {@code [offset, offset + length)} of the memory file holds what was saved.
     * Any thread; cheap if it already does.
     */
    void load(long offset, long length);
}
