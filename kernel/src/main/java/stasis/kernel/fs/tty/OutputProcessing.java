package stasis.kernel.fs.tty;

import static stasis.abi.Termios.OCRNL;
import static stasis.abi.Termios.OLCUC;
import static stasis.abi.Termios.ONLCR;
import static stasis.abi.Termios.ONLRET;
import static stasis.abi.Termios.ONOCR;
import static stasis.abi.Termios.OPOST;

import stasis.kernel.ring.ByteRing;
import stasis.state.Saved;

/** What becomes of a byte on its way to the screen, and where the cursor is. Terminal's lock. */
@Saved("tty.OutputProcessing")
public final class OutputProcessing {
    /** {@code TABDLY} and {@code XTABS}. */
    private static final int TAB_MASK = 0x1800;

    private static final int TAB = 8;

    private int column;

    OutputProcessing() {}

    int column() {
        return column;
    }

    /** At most how many bytes one becomes. */
    static final int MOST = TAB;

    void put(TerminalSettings s, int c, ByteRing out) {
        if (!s.output(OPOST)) {
            out.add(c);
            return;
        }
        switch (c) {
            case '\n' -> {
                if (s.output(ONLRET)) column = 0;
                if (s.output(ONLCR)) {
                    column = 0;
                    out.add('\r');
                }
                out.add('\n');
            }
            case '\r' -> carriageReturn(s, out);
            case '\t' -> tab(s, out);
            case '\b' -> {
                if (column > 0) column--;
                out.add(c);
            }
            default -> plain(s, c, out);
        }
    }

    private void carriageReturn(TerminalSettings s, ByteRing out) {
        if (s.output(ONOCR) && column == 0) return;
        if (s.output(OCRNL)) {
            if (s.output(ONLRET)) column = 0;
            out.add('\n');
            return;
        }
        column = 0;
        out.add('\r');
    }

    private void tab(TerminalSettings s, ByteRing out) {
        int spaces = TAB - column % TAB;
        column += spaces;
        if ((s.outputFlags() & TAB_MASK) != TAB_MASK) {
            out.add('\t');
            return;
        }
        for (int i = 0; i < spaces; i++) out.add(' ');
    }

    private void plain(TerminalSettings s, int c, ByteRing out) {
        int shown = s.output(OLCUC) && c >= 'a' && c <= 'z' ? c - 32 : c;
        boolean continues = (c & 0xc0) == 0x80;
        if (c >= ' ' && c != 0x7f && !continues) column++;
        out.add(shown);
    }
}
