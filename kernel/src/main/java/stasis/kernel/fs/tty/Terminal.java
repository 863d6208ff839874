package stasis.kernel.fs.tty;

import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EIO;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLPRI;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;
import static stasis.abi.Signal.SIGTTOU;
import static stasis.abi.Signal.SIGWINCH;
import static stasis.abi.Termios.TIOCPKT_FLUSHREAD;
import static stasis.abi.Termios.TIOCPKT_FLUSHWRITE;
import static stasis.abi.Termios.TIOCPKT_START;
import static stasis.abi.Termios.TIOCPKT_STOP;
import static stasis.abi.Termios.TOSTOP;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.abi.DeviceNumber;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.ring.ByteRing;
import stasis.kernel.task.ControllingTerminal;
import stasis.kernel.task.Machine;
import stasis.kernel.task.Session;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** A pseudo-terminal: what is between {@link PtyMaster} and the {@link TtyFile}s of its slave. */
@Saved("tty.Terminal")
public final class Terminal implements ControllingTerminal {
    /** UNIX98_PTY_SLAVE_MAJOR. */
    static final int SLAVE_MAJOR = 136;

    private static final int OUTPUT_CAPACITY = 8192;
    private static final int READABLE = POLLIN | POLLRDNORM;
    private static final int WRITABLE = POLLOUT | POLLWRNORM;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.TTY);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue slaveQueue = new WaitQueue();

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue masterQueue = new WaitQueue();

    /** Never changes. */
    private int index;

    private Jobs jobs;

    /** Guarded by {@link #lock}, like all that follows. */
    private TerminalSettings settings = new TerminalSettings();

    private WindowSize size = WindowSize.UNKNOWN;
    private LineDiscipline discipline = new LineDiscipline();
    private ByteRing output = new ByteRing();

    /** ^S was typed, or TCXONC. */
    private boolean stopped;

    /** The master is closed. */
    private boolean hungUp;

    /** Open files of the slave. */
    private int slaves;

    /** The slave was open once. */
    private boolean wasOpen;

    /** TIOCSPTLCK. */
    private boolean locked = true;

    /** TIOCEXCL. */
    private boolean exclusive;

    /** TIOCPKT. */
    private boolean packets;

    /** TIOCPKT_* that the master has not read. */
    private int packetStatus;

    @SuppressWarnings("NullAway.Init")
    private Terminal() {}

    Terminal(int index, Jobs jobs) {
        this.index = index;
        this.jobs = jobs;
    }

    public Terminal(int index, Machine machine) {
        this(index, new JobControl(machine));
    }

    public int index() {
        return index;
    }

    Jobs jobs() {
        return jobs;
    }

    WaitQueue slaveQueue() {
        return slaveQueue;
    }

    public WaitQueue masterQueue() {
        return masterQueue;
    }

    // ---- as sessions see it ----

    @Override
    public void leaderExited(Session session) {
        jobs.leaderExited(session);
    }

    @Override
    public void ownedByLocked(Session session, int group) {
        jobs.ownedByLocked(session, group);
    }

    @Override
    public long device() {
        return DeviceNumber.of(SLAVE_MAJOR, index);
    }

    @Override
    public int foregroundGroup() {
        return jobs.foreground();
    }

    // ---- ends ----

    /** EIO if the master is closed or has not unlocked the slave. */
    void openSlave(Caller caller, int flags) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (hungUp || locked) throw EIO.exception();
            if (exclusive && !caller.credentials().has(CAP_SYS_ADMIN)) {
                throw EBUSY.exception();
            }
            slaves++;
            wasOpen = true;
        }
        jobs.opened(this, caller, flags);
    }

    void closeSlave() {
        try (var _ = lock.hold()) {
            slaves--;
            if (slaves == 0) exclusive = false;
        }
        masterQueue.wake(READABLE | POLLHUP);
    }

    /** The master is closed: what programs hold of the slave is dead from now on. */
    public void hangUp() {
        try (var _ = lock.hold()) {
            if (hungUp) return;
            hungUp = true;
            discipline.input().flush();
            output.clear();
        }
        slaveQueue.wake(-1);
        masterQueue.wake(-1);
        jobs.hangUp();
    }

    boolean isHungUp() {
        try (var _ = lock.hold()) {
            return hungUp;
        }
    }

    public void setLocked(boolean on) {
        try (var _ = lock.hold()) {
            locked = on;
        }
    }

    boolean isLocked() {
        try (var _ = lock.hold()) {
            return locked;
        }
    }

    void setExclusive(boolean on) {
        try (var _ = lock.hold()) {
            exclusive = on;
        }
    }

    boolean isExclusive() {
        try (var _ = lock.hold()) {
            return exclusive;
        }
    }

    // ---- the master's side: what is typed, what is shown ----

    private record Typing(Terminal terminal) implements LineDiscipline.Effects {
        @Override
        public void signal(int signo, boolean flush) {
            if (flush) terminal.output.clear();
            terminal.jobs.signal(signo);
        }

        @Override
        public void stopOutput() {
            terminal.setStoppedLocked(true);
        }

        @Override
        public void startOutput() {
            terminal.setStoppedLocked(false);
        }

        @Override
        public boolean outputStopped() {
            return terminal.stopped;
        }

        @Override
        public ByteRing output() {
            return terminal.output;
        }
    }

    /** Characters that somebody typed. EAGAIN if there is no room for any. */
    public long type(MemorySegment from, long at, long length) throws ErrnoException {
        if (length == 0) return 0;
        long n = 0;
        try (var _ = lock.hold()) {
            if (hungUp) throw EIO.exception();
            Typing effects = new Typing(this);
            while (n < length && roomToTypeLocked()) {
                byte c = from.get(JAVA_BYTE, at + n);
                discipline.type(settings, c, effects);
                n++;
            }
        }
        if (n == 0) throw EAGAIN.exception();
        slaveQueue.wake(READABLE | WRITABLE);
        masterQueue.wake(READABLE);
        return n;
    }

    /** Echo may go beyond what programs can fill, but not without end. */
    private boolean roomToTypeLocked() {
        return discipline.hasRoom(settings) && output.size() < 2 * OUTPUT_CAPACITY;
    }

    /**
     * What is to be shown. EAGAIN if there is nothing; EIO if nobody has the slave open any more.
     */
    public long show(MemorySegment to, long at, long length) throws ErrnoException {
        if (length == 0) return 0;
        long n;
        try (var _ = lock.hold()) {
            int head = packets ? 1 : 0;
            if (packets && packetStatus != 0) {
                to.set(JAVA_BYTE, at, (byte) packetStatus);
                packetStatus = 0;
                return 1;
            }
            if (output.isEmpty()) {
                boolean over = hungUp || (wasOpen && slaves == 0);
                throw (over ? EIO : EAGAIN).exception();
            }
            int most = (int) Math.min(length - head, output.size());
            if (packets) to.set(JAVA_BYTE, at, (byte) 0);
            output.take(to, at + head, most);
            n = (long) most + head;
        }
        slaveQueue.wake(WRITABLE);
        return n;
    }

    /** Bytes that are waiting to be shown. */
    int toShow() {
        try (var _ = lock.hold()) {
            return output.size();
        }
    }

    public int masterReadiness() {
        try (var _ = lock.hold()) {
            int events = output.isEmpty() ? 0 : READABLE;
            if (packets && packetStatus != 0) events |= READABLE | POLLPRI;
            if (wasOpen && slaves == 0) events |= POLLHUP;
            if (hungUp) events |= POLLERR;
            return roomToTypeLocked() ? events | WRITABLE : events;
        }
    }

    void setPackets(boolean on) {
        try (var _ = lock.hold()) {
            packets = on;
            packetStatus = 0;
        }
    }

    boolean hasPackets() {
        try (var _ = lock.hold()) {
            return packets;
        }
    }

    private void tellMasterLocked(int status, int notStatus) {
        if (packets) packetStatus = (packetStatus & ~notStatus) | status;
    }

    // ---- the slave's side: programs ----

    /** A line, or in raw mode as much as VMIN asks for. EAGAIN if that is not there. */
    int read(MemorySegment to, long at, long length) throws ErrnoException {
        int n;
        try (var _ = lock.hold()) {
            if (hungUp) return 0;
            TerminalInput input = discipline.input();
            if (settings.canonical()) {
                if (!input.hasLine()) throw EAGAIN.exception();
                n = input.readLine(to, at, length);
            } else {
                long enough = Math.max(1, Math.min(settings.min(), length));
                if (input.readable() < enough) throw EAGAIN.exception();
                n = input.readRaw(to, at, length);
            }
        }
        masterQueue.wake(WRITABLE);
        return n;
    }

    /** What there is, when VTIME is over. */
    int readRest(MemorySegment to, long at, long length) {
        int n;
        try (var _ = lock.hold()) {
            n = discipline.input().readRaw(to, at, length);
        }
        masterQueue.wake(WRITABLE);
        return n;
    }

    /** Bytes that a read could return now. */
    int readable() {
        try (var _ = lock.hold()) {
            return discipline.input().readable();
        }
    }

    int write(Caller caller, MemorySegment from, long at, long length) throws SyscallException {
        if (settings().local(TOSTOP)) jobs.check(caller, SIGTTOU);
        int n = 0;
        try (var _ = lock.hold()) {
            if (hungUp) throw EIO.exception();
            if (stopped) throw EAGAIN.exception();
            OutputProcessing processing = discipline.processing();
            while (n < length && output.size() + OutputProcessing.MOST <= OUTPUT_CAPACITY) {
                byte c = from.get(JAVA_BYTE, at + n);
                processing.put(settings, c & 0xff, output);
                n++;
            }
        }
        if (n == 0 && length > 0) throw EAGAIN.exception();
        masterQueue.wake(READABLE);
        return n;
    }

    int slaveReadiness() {
        try (var _ = lock.hold()) {
            if (hungUp) return READABLE | WRITABLE | POLLERR | POLLHUP;
            boolean readable =
                    settings.canonical()
                            ? discipline.input().hasLine()
                            : discipline.input().readable() >= pollMinimumLocked();
            int events = readable ? READABLE : 0;
            boolean room = !stopped && output.size() + OutputProcessing.MOST <= OUTPUT_CAPACITY;
            return room ? events | WRITABLE : events;
        }
    }

    /** As in n_tty_poll: with VTIME, one byte is news. */
    private int pollMinimumLocked() {
        return settings.timeNanos() == 0 ? Math.max(1, settings.min()) : 1;
    }

    // ---- settings ----

    TerminalSettings settings() {
        try (var _ = lock.hold()) {
            return settings;
        }
    }

    void setSettings(TerminalSettings changed, boolean flush) {
        try (var _ = lock.hold()) {
            boolean before = settings.canonical();
            settings = changed;
            if (flush) discipline.input().flush();
            if (before != changed.canonical()) {
                discipline.input().modeChanged(changed.canonical());
            }
        }
        slaveQueue.wake(READABLE);
        masterQueue.wake(WRITABLE);
    }

    public WindowSize size() {
        try (var _ = lock.hold()) {
            return size;
        }
    }

    /** TIOCSWINSZ: the foreground is told of a change. */
    public void setSize(WindowSize changed) {
        boolean same;
        try (var _ = lock.hold()) {
            same = size.equals(changed);
            size = changed;
        }
        if (!same) jobs.signal(SIGWINCH);
    }

    private void setStoppedLocked(boolean on) {
        if (stopped == on) return;
        stopped = on;
        tellMasterLocked(on ? TIOCPKT_STOP : TIOCPKT_START, on ? TIOCPKT_START : TIOCPKT_STOP);
    }

    void setStopped(boolean on) {
        try (var _ = lock.hold()) {
            setStoppedLocked(on);
        }
        slaveQueue.wake(WRITABLE);
        masterQueue.wake(READABLE | POLLPRI);
    }

    /** TCFLSH. */
    void flush(boolean inputToo, boolean outputToo) {
        try (var _ = lock.hold()) {
            if (inputToo) {
                discipline.input().flush();
                tellMasterLocked(TIOCPKT_FLUSHREAD, 0);
            }
            if (outputToo) {
                output.clear();
                tellMasterLocked(TIOCPKT_FLUSHWRITE, 0);
            }
        }
        slaveQueue.wake(WRITABLE);
        masterQueue.wake(READABLE | WRITABLE | POLLPRI);
    }
}
