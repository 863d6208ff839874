package stasis.kernel.fs.host;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;

import stasis.abi.ErrnoException;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.fs.tty.WindowSize;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * A terminal of the sandbox whose user is outside: pumps type and show. The terminal outside is to
 * be in raw mode, so that echo, line editing and ^C are this one's.
 */
@Saved("host.HostTerminal")
public final class HostTerminal {
    private String slot;
    private Terminal terminal;

    @SuppressWarnings("NullAway.Init")
    private HostTerminal() {}

    /**
     * @param terminal of {@link stasis.kernel.fs.tty.Devpts#newConsole}
     */
    public HostTerminal(String slot, Terminal terminal) {
        this.slot = slot;
        this.terminal = terminal;
    }

    public String slot() {
        return slot;
    }

    public Terminal terminal() {
        return terminal;
    }

    private boolean is(int events) {
        return (terminal.masterReadiness() & events) != 0;
    }

    /** Bytes from outside. Waits until there is room for all of them. */
    public void type(byte[] bytes, int at, int length) throws InterruptedException {
        MemorySegment from = MemorySegment.ofArray(bytes);
        int done = 0;
        while (done < length) {
            try {
                done += (int) terminal.type(from, at + done, length - done);
            } catch (ErrnoException e) {
                if (e.errno() != EAGAIN) return;
                HostThread.await(terminal.masterQueue(), () -> is(POLLOUT | POLLERR));
            }
        }
    }

    /**
     * Waits for bytes to show, and takes them.
     *
     * @return how many, or -1 if nobody in the sandbox has the terminal open any more
     */
    public int takeOutput(byte[] to) throws InterruptedException {
        MemorySegment segment = MemorySegment.ofArray(to);
        for (; ; ) {
            try {
                return (int) terminal.show(segment, 0, to.length);
            } catch (ErrnoException e) {
                if (e.errno() != EAGAIN) return -1;
                HostThread.await(terminal.masterQueue(), () -> is(POLLIN | POLLHUP | POLLERR));
            }
        }
    }

    /** The window outside has this size now; programs get SIGWINCH if it changed. */
    public void resize(int rows, int columns) {
        terminal.setSize(new WindowSize(rows, columns, 0, 0));
    }

    /** The user is gone: SIGHUP. */
    public void hangUp() {
        terminal.hangUp();
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(terminal);
        restoration.resource(HostStreams.class).attach(this);
    }
}
