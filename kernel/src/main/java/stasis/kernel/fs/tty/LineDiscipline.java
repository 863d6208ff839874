package stasis.kernel.fs.tty;

import static stasis.abi.Signal.SIGINT;
import static stasis.abi.Signal.SIGQUIT;
import static stasis.abi.Signal.SIGTSTP;
import static stasis.abi.Termios.ECHO;
import static stasis.abi.Termios.ECHOCTL;
import static stasis.abi.Termios.ECHOE;
import static stasis.abi.Termios.ECHOK;
import static stasis.abi.Termios.ECHOKE;
import static stasis.abi.Termios.ECHONL;
import static stasis.abi.Termios.ICRNL;
import static stasis.abi.Termios.IEXTEN;
import static stasis.abi.Termios.IGNCR;
import static stasis.abi.Termios.IMAXBEL;
import static stasis.abi.Termios.INLCR;
import static stasis.abi.Termios.ISIG;
import static stasis.abi.Termios.ISTRIP;
import static stasis.abi.Termios.IUCLC;
import static stasis.abi.Termios.IUTF8;
import static stasis.abi.Termios.IXANY;
import static stasis.abi.Termios.IXON;
import static stasis.abi.Termios.NOFLSH;
import static stasis.abi.Termios.VEOF;
import static stasis.abi.Termios.VEOL;
import static stasis.abi.Termios.VEOL2;
import static stasis.abi.Termios.VERASE;
import static stasis.abi.Termios.VINTR;
import static stasis.abi.Termios.VKILL;
import static stasis.abi.Termios.VLNEXT;
import static stasis.abi.Termios.VQUIT;
import static stasis.abi.Termios.VREPRINT;
import static stasis.abi.Termios.VSTART;
import static stasis.abi.Termios.VSTOP;
import static stasis.abi.Termios.VSUSP;
import static stasis.abi.Termios.VWERASE;

import stasis.kernel.ring.ByteRing;
import stasis.state.Saved;

/** N_TTY: what becomes of typed characters, termios(3). Terminal's lock. */
@Saved("tty.LineDiscipline")
public final class LineDiscipline {
    private static final int BELL = 7;
    private static final int DELETE = 0x7f;

    private TerminalInput input = new TerminalInput();
    private OutputProcessing processing = new OutputProcessing();

    /** The next character is taken as it is (LNEXT). */
    private boolean literal;

    /** Where the cursor was when the line that is being edited began. */
    private int startColumn;

    LineDiscipline() {}

    /** What typing leads to beyond bytes; the terminal does it, with its lock held. */
    interface Effects {
        /** To the foreground process group. */
        void signal(int signo, boolean flush);

        void stopOutput();

        void startOutput();

        boolean outputStopped();

        ByteRing output();
    }

    TerminalInput input() {
        return input;
    }

    OutputProcessing processing() {
        return processing;
    }

    /**
     * True if another character can be taken. In canonical mode one can always be typed as long as
     * nobody could read: else the line could never be ended or erased.
     */
    boolean hasRoom(TerminalSettings s) {
        if (input.total() < TerminalInput.CAPACITY) return true;
        return s.canonical() && !input.hasLine();
    }

    void type(TerminalSettings s, int typed, Effects to) {
        int c = typed & 0xff;
        if (literal) {
            literal = false;
            store(s, c, to);
            return;
        }
        if (s.input(ISTRIP)) c &= 0x7f;
        if (s.input(IUCLC) && s.local(IEXTEN) && c >= 'A' && c <= 'Z') c += 32;
        if (s.input(IXON) && flowControl(s, c, to)) return;
        if (s.input(IXON) && s.input(IXANY) && to.outputStopped()) to.startOutput();
        if (s.local(ISIG) && signal(s, c, to)) return;
        if (c == '\r') {
            if (s.input(IGNCR)) return;
            if (s.input(ICRNL)) c = '\n';
        } else if (c == '\n' && s.input(INLCR)) {
            c = '\r';
        }
        if (s.canonical() && edit(s, c, to)) return;
        store(s, c, to);
    }

    private static boolean flowControl(TerminalSettings s, int c, Effects to) {
        if (s.is(VSTART, c)) {
            to.startOutput();
            return true;
        }
        if (!s.is(VSTOP, c)) return false;
        to.stopOutput();
        return true;
    }

    private boolean signal(TerminalSettings s, int c, Effects to) {
        int signo = s.is(VINTR, c) ? SIGINT : s.is(VQUIT, c) ? SIGQUIT : 0;
        if (signo == 0 && s.is(VSUSP, c)) signo = SIGTSTP;
        if (signo == 0) return false;
        if (s.input(IXON) && to.outputStopped()) to.startOutput();
        boolean flush = !s.local(NOFLSH);
        if (flush) input.flush();
        to.signal(signo, flush);
        echo(s, c, to);
        return true;
    }

    /** True if {@code c} was not for the line but about it. */
    private boolean edit(TerminalSettings s, int c, Effects to) {
        if (s.is(VERASE, c)) {
            erase(s, to);
        } else if (s.is(VKILL, c)) {
            kill(s, to);
        } else if (s.local(IEXTEN) && s.is(VWERASE, c)) {
            eraseWord(s, to);
        } else if (s.local(IEXTEN) && s.is(VLNEXT, c)) {
            literal = true;
            if (s.local(ECHO) && s.local(ECHOCTL)) show(s, "^\b", to);
        } else if (s.local(IEXTEN) && s.local(ECHO) && s.is(VREPRINT, c)) {
            reprint(s, c, to);
        } else if (c == '\n') {
            if (s.local(ECHO) || s.local(ECHONL)) processing.put(s, c, to.output());
            finish(c);
        } else if (s.is(VEOF, c)) {
            input.endLine();
        } else if (s.is(VEOL, c) || (s.local(IEXTEN) && s.is(VEOL2, c))) {
            if (s.local(ECHO)) echo(s, c, to);
            finish(c);
        } else {
            return false;
        }
        return true;
    }

    private void finish(int c) {
        input.editing().add(c);
        input.endLine();
    }

    private void store(TerminalSettings s, int c, Effects to) {
        if (!s.canonical()) {
            input.addRaw(c);
            echo(s, c, to);
            return;
        }
        if (input.total() >= TerminalInput.CAPACITY) {
            if (s.input(IMAXBEL)) to.output().add(BELL);
            return;
        }
        if (input.editing().isEmpty()) startColumn = processing.column();
        input.editing().add(c);
        echo(s, c, to);
    }

    // ---- echo ----

    private static boolean isControl(int c) {
        return (c < ' ' && c != '\t') || c == DELETE;
    }

    private void echo(TerminalSettings s, int c, Effects to) {
        if (!s.local(ECHO)) return;
        boolean caret = s.local(ECHOCTL) && isControl(c) && (c != '\n' || !s.canonical());
        if (caret && c != '\n') {
            show(s, "^" + (char) (c ^ 0x40), to);
        } else {
            processing.put(s, c, to.output());
        }
    }

    private void show(TerminalSettings s, String text, Effects to) {
        for (int i = 0; i < text.length(); i++) processing.put(s, text.charAt(i), to.output());
    }

    // ---- erasing ----

    private static boolean continues(TerminalSettings s, int c) {
        return s.input(IUTF8) && (c & 0xc0) == 0x80;
    }

    /** Takes the last character; all its bytes. Returns the first of them, or -1. */
    private int takeCharacter(TerminalSettings s) {
        ByteRing line = input.editing();
        while (!line.isEmpty()) {
            int c = line.takeLast();
            if (!continues(s, c)) return c;
        }
        return -1;
    }

    private void erase(TerminalSettings s, Effects to) {
        int c = takeCharacter(s);
        if (c >= 0) showErased(s, c, to);
    }

    private void eraseWord(TerminalSettings s, Effects to) {
        boolean inWord = false;
        ByteRing line = input.editing();
        while (!line.isEmpty()) {
            int last = line.get(line.size() - 1);
            boolean letter = isWord(last);
            if (inWord && !letter) return;
            inWord |= letter;
            erase(s, to);
        }
    }

    /** Like Linux: letters, digits and underscores; bytes of UTF-8 count as letters. */
    private static boolean isWord(int c) {
        return c >= 0x80 || c == '_' || Character.isLetterOrDigit(c);
    }

    private void kill(TerminalSettings s, Effects to) {
        if (s.local(ECHO) && s.local(ECHOK) && s.local(ECHOKE) && s.local(ECHOE)) {
            while (!input.editing().isEmpty()) erase(s, to);
            return;
        }
        input.editing().clear();
        if (!s.local(ECHO)) return;
        echo(s, s.control(VKILL), to);
        if (s.local(ECHOK)) processing.put(s, '\n', to.output());
    }

    private void showErased(TerminalSettings s, int c, Effects to) {
        if (!s.local(ECHO)) return;
        if (!s.local(ECHOE)) {
            echo(s, s.control(VERASE), to);
            return;
        }
        int columns = c == '\t' ? processing.column() - columnAfterLine(s) : width(s, c);
        for (int i = 0; i < columns; i++) {
            if (c == '\t') show(s, "\b", to);
            else show(s, "\b \b", to);
        }
    }

    private static int width(TerminalSettings s, int c) {
        if (!isControl(c)) return 1;
        return s.local(ECHOCTL) ? 2 : 0;
    }

    /** Where the cursor would be after what is left of the line. */
    private int columnAfterLine(TerminalSettings s) {
        int column = startColumn;
        ByteRing line = input.editing();
        for (int i = 0; i < line.size(); i++) {
            int c = line.get(i);
            if (c == '\t') column += 8 - column % 8;
            else if (!continues(s, c)) column += width(s, c);
        }
        return column;
    }

    private void reprint(TerminalSettings s, int c, Effects to) {
        echo(s, c, to);
        processing.put(s, '\n', to.output());
        startColumn = processing.column();
        ByteRing line = input.editing();
        for (int i = 0; i < line.size(); i++) echo(s, line.get(i), to);
    }
}
