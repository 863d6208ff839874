package stasis.kernel.mem;

import stasis.state.Saved;

/** Consecutive pages of the memory file. */
@Saved("mem.Run")
public record Run(int first, int count) {
    public Run {
        if (first < 0 || count <= 0) throw new IllegalArgumentException("run " + first + "+" + count);
    }
}
