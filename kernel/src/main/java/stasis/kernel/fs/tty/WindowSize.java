package stasis.kernel.fs.tty;

import stasis.state.Saved;

/** {@code struct winsize}: four unsigned shorts, in this order. */
@Saved("tty.WindowSize")
public record WindowSize(int rows, int columns, int xPixels, int yPixels) {
    static final WindowSize UNKNOWN = new WindowSize(0, 0, 0, 0);
}
