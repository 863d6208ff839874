package stasis.kernel.fs.pipe;

import static stasis.abi.Capability.CAP_SYS_RESOURCE;
import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.ring.ByteRing;
import stasis.kernel.vfs.Attachment;
import stasis.kernel.wait.Pollable;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * What is between the ends of a pipe or FIFO, pipe(7). Bytes are counted, not pages: unlike Linux,
 * many small writes fill a pipe no earlier than a large one.
 */
@Saved("pipe.Pipe")
public final class Pipe implements Attachment, Pollable {
    /** Writes up to this are atomic, pipe(7). */
    public static final int PIPE_BUF = 4096;

    private static final int DEFAULT_CAPACITY = 65536;

    /** /proc/sys/fs/pipe-max-size. */
    private static final long MAX_CAPACITY = 1 << 20;

    private static final long LIMIT = 1L << 31;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    /** Guarded by {@link #lock}, like all that follows. */
    private ByteRing ring = new ByteRing();

    private PacketLengths packets = new PacketLengths();
    private int capacity = DEFAULT_CAPACITY;
    private int readers;
    private int writers;

    /**
     * How many readers there have ever been: whoever waits for one in open(2) sees it come and go.
     */
    private long readersSeen;

    private long writersSeen;

    public Pipe() {}

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    /** Of the pipe as a whole: what open(2) of a FIFO waits on. */
    @Override
    public int readiness() {
        return 0;
    }

    // ---- ends ----

    void addReader() {
        try (var _ = lock.hold()) {
            readers++;
            readersSeen++;
        }
        waitQueue.wake(-1);
    }

    void addWriter() {
        try (var _ = lock.hold()) {
            writers++;
            writersSeen++;
        }
        waitQueue.wake(-1);
    }

    void remove(boolean reader, boolean writer) {
        try (var _ = lock.hold()) {
            if (reader) readers--;
            if (writer) writers--;
            if (readers == 0 && writers == 0) {
                ring.clear();
                packets.clear();
            }
        }
        waitQueue.wake(-1);
    }

    boolean hasReaders() {
        try (var _ = lock.hold()) {
            return readers > 0;
        }
    }

    boolean hasWriters() {
        try (var _ = lock.hold()) {
            return writers > 0;
        }
    }

    long readersSeen() {
        try (var _ = lock.hold()) {
            return readersSeen;
        }
    }

    long writersSeen() {
        try (var _ = lock.hold()) {
            return writersSeen;
        }
    }

    // ---- bytes ----

    /** 0 at the end of the file: empty and no writer. */
    long read(MemorySegment to, long at, long length) throws ErrnoException {
        if (length == 0) return 0;
        int n = 0;
        try (var _ = lock.hold()) {
            if (ring.isEmpty()) return emptyLocked();
            boolean packet = packetNextLocked();
            do {
                n += readRunLocked(to, at + n, (int) Math.min(length - n, ring.size()));
            } while (!packet && n < length && !ring.isEmpty() && !packetNextLocked());
        }
        waitQueue.wake(POLLOUT | POLLWRNORM);
        return n;
    }

    private long emptyLocked() throws ErrnoException {
        if (writers == 0) return 0;
        throw EAGAIN.exception();
    }

    private boolean packetNextLocked() {
        return !packets.isEmpty() && packets.packetNext();
    }

    /** A packet, of which what does not fit is lost; or stream bytes. */
    private int readRunLocked(MemorySegment to, long at, int most) {
        if (packets.isEmpty()) {
            ring.take(to, at, most);
            return most;
        }
        int whole = packets.nextLength();
        int n = Math.min(most, whole);
        ring.take(to, at, n);
        if (packets.packetNext()) {
            ring.drop(whole - n);
            packets.took(whole);
        } else {
            packets.took(n);
        }
        return n;
    }

    /** All of it if it is at most PIPE_BUF, else as much as there is room for. */
    long write(Caller caller, MemorySegment from, long at, long length, boolean packet)
            throws ErrnoException {
        if (length == 0) return 0;
        int n;
        try (var _ = lock.hold()) {
            n = readers == 0 ? -1 : writeLocked(from, at, length, packet);
        }
        if (n < 0) {
            caller.raiseSigpipe();
            throw EPIPE.exception();
        }
        waitQueue.wake(POLLIN | POLLRDNORM);
        return n;
    }

    private int writeLocked(MemorySegment from, long at, long length, boolean packet)
            throws ErrnoException {
        int room = capacity - ring.size();
        long wanted = packet ? Math.min(length, PIPE_BUF) : length;
        if (room == 0 || (wanted <= PIPE_BUF && room < wanted)) throw EAGAIN.exception();
        int n = (int) Math.min(wanted, room);
        if (packet) {
            if (packets.isEmpty()) packets.start(ring.size());
            packets.addPacket(n);
        } else if (!packets.isEmpty()) {
            packets.addStream(n);
        }
        ring.add(from, at, n);
        return n;
    }

    /** As read, but what is read stays. */
    long peek(MemorySegment to, long at, long length) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (ring.isEmpty()) return length == 0 ? 0 : emptyLocked();
            int most = (int) Math.min(length, ring.size());
            if (!packets.isEmpty()) most = Math.min(most, packets.nextLength());
            ring.peek(to, at, most);
            return most;
        }
    }

    void consume(long length) {
        try (var _ = lock.hold()) {
            ring.drop((int) length);
            if (!packets.isEmpty()) packets.took((int) length);
        }
        waitQueue.wake(POLLOUT | POLLWRNORM);
    }

    // ---- readiness ----

    /**
     * @param writersAtOpen {@link #writersSeen} when the end was opened: a FIFO that no writer has
     *     opened yet is not hung up
     */
    int readReadiness(long writersAtOpen) {
        try (var _ = lock.hold()) {
            int events = ring.isEmpty() ? 0 : POLLIN | POLLRDNORM;
            if (writers == 0 && writersSeen != writersAtOpen) events |= POLLHUP;
            return events;
        }
    }

    int writeReadiness() {
        try (var _ = lock.hold()) {
            int events = capacity - ring.size() >= PIPE_BUF ? POLLOUT | POLLWRNORM : 0;
            if (readers == 0) events |= POLLERR;
            return events;
        }
    }

    /** FIONREAD. */
    int available() {
        try (var _ = lock.hold()) {
            return ring.size();
        }
    }

    // ---- size ----

    int capacity() {
        try (var _ = lock.hold()) {
            return capacity;
        }
    }

    /** F_SETPIPE_SZ: rounded up to a power of two of pages, fcntl(2). */
    int setCapacity(Caller caller, long size) throws ErrnoException {
        if (size < 0 || size > LIMIT) throw EINVAL.exception();
        long rounded = Long.highestOneBit(Math.max(size, Pages.SIZE) - 1) << 1;
        if (rounded > MAX_CAPACITY && rounded > capacity()) {
            if (!caller.credentials().has(CAP_SYS_RESOURCE)) throw EPERM.exception();
            if (rounded > Integer.MAX_VALUE / 2) throw EINVAL.exception();
        }
        try (var _ = lock.hold()) {
            if (rounded < ring.size()) throw EBUSY.exception();
            capacity = (int) rounded;
        }
        waitQueue.wake(POLLOUT | POLLWRNORM);
        return (int) rounded;
    }
}
