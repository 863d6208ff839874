package stasis.kernel.fs.tty;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EIO;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Signal.SIGTTIN;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.TimerTarget;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** An open file of a terminal's slave. */
@Saved("tty.TtyFile")
public final class TtyFile implements FileImpl, TimerTarget {
    private Terminal terminal;
    private Inode inode;
    private volatile boolean nonBlocking;

    /** When a read gives up waiting, because of VTIME; NEVER if none does. */
    private volatile long deadline = MonotonicClock.NEVER;

    /** How many bytes there were when {@link #deadline} was set: more of them set it anew. */
    private int readableThen;

    /** Of the deadline; null until there was one. */
    private @Nullable MonotonicClock clock;

    @SuppressWarnings("NullAway.Init")
    private TtyFile() {}

    private TtyFile(Terminal terminal, Inode inode, int flags) {
        this.terminal = terminal;
        this.inode = inode;
        this.nonBlocking = (flags & O_NONBLOCK) != 0;
    }

    /**
     * open(2) of the slave; may make it the caller's controlling terminal.
     *
     * @param inode what fstat(2) is to see
     */
    public static TtyFile open(Terminal terminal, Caller caller, Inode inode, int flags)
            throws ErrnoException {
        terminal.openSlave(caller, flags);
        return new TtyFile(terminal, inode, flags);
    }

    public Terminal terminal() {
        return terminal;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        if (length == 0) return 0;
        if (!terminal.isHungUp()) terminal.jobs().check(caller, SIGTTIN);
        try {
            int n = terminal.read(to, at, length);
            deadline = MonotonicClock.NEVER;
            return n;
        } catch (ErrnoException e) {
            if (e.errno() != EAGAIN) throw e;
        }
        return waitingRead(caller, to, at, length);
    }

    /** termios(3), "Canonical and noncanonical mode": the four cases of MIN and TIME. */
    private long waitingRead(Caller caller, MemorySegment to, long at, long length)
            throws ErrnoException {
        TerminalSettings s = terminal.settings();
        if (s.canonical()) throw EAGAIN.exception();
        if (s.timeNanos() == 0) {
            if (s.min() == 0) return 0;
            throw EAGAIN.exception();
        }
        int readable = terminal.readable();
        if (nonBlocking || (s.min() > 0 && readable == 0)) throw EAGAIN.exception();
        MonotonicClock now = caller.monotonicClock();
        if (deadline == MonotonicClock.NEVER || readable != readableThen) {
            readableThen = readable;
            clock = now;
            deadline = now.now() + s.timeNanos();
            now.wakeAt(deadline, this);
        }
        if (now.now() < deadline) throw EAGAIN.exception();
        deadline = MonotonicClock.NEVER;
        return terminal.readRest(to, at, length);
    }

    @Override
    public void expired(long deadlineNanos) {
        terminal.slaveQueue().wake(POLLIN | POLLRDNORM);
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        return terminal.write(caller, from, at, length);
    }

    @Override
    public int readiness() {
        return terminal.slaveReadiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return terminal.slaveQueue();
    }

    @Override
    public long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        if (terminal.isHungUp()) throw EIO.exception();
        return TtyIoctls.run(terminal, caller, false, request, arg);
    }

    @Override
    public void flagsChanged(int flags) {
        nonBlocking = (flags & O_NONBLOCK) != 0;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void release(Caller caller) {
        MonotonicClock used = clock;
        if (used != null) used.cancel(this);
        terminal.closeSlave();
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        MonotonicClock used = clock;
        if (used == null || deadline == MonotonicClock.NEVER) return;
        restoration.ready(used).wakeAt(deadline, this);
    }
}
