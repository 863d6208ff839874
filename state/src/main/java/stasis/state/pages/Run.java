package stasis.state.pages;

/** A stretch of guest memory: whole pages. */
public record Run(long offset, long length) {
    public Run {
        if (offset < 0 || length < 0 || offset + length < 0) {
            throw new IllegalArgumentException("run at " + offset + " of " + length);
        }
        if (((offset | length) & (Pages.SIZE - 1)) != 0) {
            throw new IllegalArgumentException("run at " + offset + " is not of whole pages");
        }
    }

    public long end() {
        return offset + length;
    }
}
