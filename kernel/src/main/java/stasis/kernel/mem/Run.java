package stasis.kernel.mem;

/** Consecutive pages of the memory file. */
public record Run(int first, int count) {
    public Run {
        if (first < 0 || count <= 0)
            throw new IllegalArgumentException("run " + first + "+" + count);
    }
}
