package stasis.kernel.fs.tty;

import stasis.kernel.ring.ByteRing;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was typed: the line that is being edited, and what may be read. In canonical mode the latter
 * is cut into lines. Terminal's lock.
 */
@Saved("tty.TerminalInput")
public final class TerminalInput {
    /** N_TTY_BUF_SIZE, less one. */
    static final int CAPACITY = 4095;

    private ByteRing editing = new ByteRing();
    private ByteRing readable = new ByteRing();

    /** Lengths of the lines in {@link #readable}; 0 stands for an end of file. */
    private Deque<Integer> lines = new ArrayDeque<>();

    TerminalInput() {}

    ByteRing editing() {
        return editing;
    }

    int total() {
        return editing.size() + readable.size();
    }

    int readable() {
        return readable.size();
    }

    boolean hasLine() {
        return !lines.isEmpty();
    }

    /** FIONREAD in canonical mode: without the marks of ends of file. */
    int readableInLines() {
        return readable.size();
    }

    void addRaw(int c) {
        readable.add(c);
    }

    /** The edited line is complete. */
    void endLine() {
        int length = editing.size();
        moveEdited();
        lines.add(length);
    }

    private void moveEdited() {
        while (!editing.isEmpty()) readable.add(editing.take());
    }

    /** ICANON was switched on or off: nothing that was typed is lost. */
    void modeChanged(boolean canonical) {
        if (canonical) {
            if (!readable.isEmpty()) lines.add(readable.size());
        } else {
            moveEdited();
            lines.clear();
        }
    }

    /** At most one line. Precondition: there is one. */
    int readLine(MemorySegment to, long at, long length) {
        int line = lines.remove();
        int n = (int) Math.min(line, length);
        readable.take(to, at, n);
        if (n < line) lines.addFirst(line - n);
        return n;
    }

    int readRaw(MemorySegment to, long at, long length) {
        int n = (int) Math.min(readable.size(), length);
        readable.take(to, at, n);
        return n;
    }

    void flush() {
        editing.clear();
        readable.clear();
        lines.clear();
    }
}
