package stasis.kernel.fs.host;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Fcntl.O_ACCMODE;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.ring.ByteRing;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Reopenable;
import stasis.kernel.vfs.Vfs;
import stasis.kernel.wait.WaitQueue;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes on their way between the sandbox and a pump outside. What was taken from outside and not
 * yet read, or written and not yet carried out, is part of a snapshot; the other end is not, it is
 * found again by the name of its slot.
 */
@Saved("host.HostStream")
public final class HostStream implements Reopenable {
    private static final int CAPACITY = 64 << 10;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    @NotSaved("made anew; pumps start anew")
    private final WaitQueue pumps = new WaitQueue();

    /** {@code stdin}, {@code stdout}, {@code stderr} or {@code fd:N}. Never changes. */
    private String slot;

    /** Guarded by {@link #lock}, like all that follows. */
    private ByteRing input = new ByteRing();

    private ByteRing output = new ByteRing();
    private boolean inputEnded;
    private boolean outputFailed;

    /** Open files that may write. */
    private int writers;

    /** There was a writer once. */
    private boolean hadWriters;

    /** Held by a pump while bytes are between here and the outside; taken before {@link #lock}. */
    @NotSaved("nothing is on its way in a snapshot")
    private final ReentrantLock moving = new ReentrantLock();

    @NotSaved("pumps start anew")
    private boolean suspended;

    @SuppressWarnings("NullAway.Init")
    private HostStream() {}

    public HostStream(String slot) {
        this.slot = slot;
    }

    public String slot() {
        return slot;
    }

    /**
     * An open file of the sandbox for this stream.
     *
     * @param flags O_RDONLY, O_WRONLY or O_RDWR, and O_NONBLOCK, O_APPEND if wanted
     */
    public FileDescription newFile(Vfs vfs, Caller caller, int flags) {
        Inode inode = AnonymousFilesystem.newPipe(vfs, caller);
        inode.attach(this);
        return new FileDescription(open(caller, inode, flags), flags, null);
    }

    @Override
    public FileImpl open(Caller caller, Inode inode, int flags) {
        boolean writes = (flags & O_ACCMODE) != O_RDONLY;
        if (writes) addWriter();
        return new HostFile(this, inode, (flags & O_ACCMODE) != O_WRONLY, writes);
    }

    private void addWriter() {
        try (var _ = lock.hold()) {
            writers++;
            hadWriters = true;
        }
    }

    // ---- the pump's side: threads of the host ----

    /** Moves bytes between a buffer and the outside; how many, or -errno. Does not wait. */
    public interface Carrier {
        long carry(byte[] bytes, int length);
    }

    /** Waits until there is room for bytes from outside. */
    public void awaitRoom() throws InterruptedException {
        HostThread.await(pumps, this::hasRoom);
    }

    private boolean hasRoom() {
        try (var _ = lock.hold()) {
            return !suspended && input.size() < CAPACITY;
        }
    }

    /**
     * Has {@code from} fill what room there is, through {@code buffer}; what it brings is in the
     * sandbox when this returns.
     *
     * @return what {@code from} said, or 1 if there was nothing to ask for
     */
    public long bringIn(byte[] buffer, Carrier from) {
        moving.lock();
        try {
            int room = roomIn(buffer.length);
            if (room == 0) return 1;
            long n = from.carry(buffer, room);
            if (n <= 0) return n;
            add(buffer, (int) n);
            return n;
        } finally {
            moving.unlock();
        }
    }

    private int roomIn(int most) {
        try (var _ = lock.hold()) {
            return suspended ? 0 : Math.min(most, CAPACITY - input.size());
        }
    }

    private void add(byte[] bytes, int length) {
        try (var _ = lock.hold()) {
            input.add(MemorySegment.ofArray(bytes), 0, length);
        }
        waitQueue.wake(POLLIN | POLLRDNORM);
    }

    /** Nothing more will come from outside: readers find the end of the file. */
    public void inputEnded() {
        try (var _ = lock.hold()) {
            inputEnded = true;
        }
        waitQueue.wake(POLLIN | POLLRDNORM | POLLHUP);
    }

    /** Waits for bytes that go outside; false if there will be no more: every writer has closed. */
    public boolean awaitOutput() throws InterruptedException {
        HostThread.await(pumps, this::hasOutputOrEnd);
        try (var _ = lock.hold()) {
            return !output.isEmpty();
        }
    }

    private boolean hasOutputOrEnd() {
        try (var _ = lock.hold()) {
            if (suspended) return false;
            return !output.isEmpty() || (hadWriters && writers == 0) || outputFailed;
        }
    }

    /**
     * Has {@code to} carry bytes out, through {@code buffer}. Those that it did not take stay.
     *
     * @return what {@code to} said, or 1 if there was nothing to carry
     */
    public long carryOut(byte[] buffer, Carrier to) {
        moving.lock();
        try {
            int length = peek(buffer);
            if (length == 0) return 1;
            long n = to.carry(buffer, length);
            if (n > 0) drop((int) n);
            return n;
        } finally {
            moving.unlock();
        }
    }

    private int peek(byte[] buffer) {
        try (var _ = lock.hold()) {
            int n = suspended ? 0 : Math.min(buffer.length, output.size());
            output.peek(MemorySegment.ofArray(buffer), 0, n);
            return n;
        }
    }

    private void drop(int length) {
        try (var _ = lock.hold()) {
            output.drop(Math.min(length, output.size()));
        }
        waitQueue.wake(POLLOUT | POLLWRNORM);
    }

    /** Bytes that were written and that a pump has still to carry out. */
    public int pendingOutput() {
        try (var _ = lock.hold()) {
            return suspended ? 0 : output.size();
        }
    }

    /**
     * From here on no byte goes in or out: what is pending belongs to a snapshot. Waits for a pump
     * that is moving bytes now.
     *
     * @return false if one has been at it for a whole second
     */
    public boolean suspend() throws InterruptedException {
        if (!moving.tryLock(1, TimeUnit.SECONDS)) return false;
        try (var _ = lock.hold()) {
            suspended = true;
        } finally {
            moving.unlock();
        }
        return true;
    }

    public void resume() {
        try (var _ = lock.hold()) {
            suspended = false;
        }
        pumps.wake(-1);
    }

    /** Nobody outside takes bytes any more: writing fails with EPIPE. */
    public void outputFailed() {
        try (var _ = lock.hold()) {
            outputFailed = true;
            output.clear();
        }
        waitQueue.wake(POLLOUT | POLLWRNORM | POLLERR);
        pumps.wake(-1);
    }

    // ---- the sandbox's side ----

    WaitQueue waitQueue() {
        return waitQueue;
    }

    long read(MemorySegment to, long at, long length) throws ErrnoException {
        if (length == 0) return 0;
        int n;
        try (var _ = lock.hold()) {
            if (input.isEmpty()) {
                if (inputEnded) return 0;
                throw EAGAIN.exception();
            }
            n = (int) Math.min(length, input.size());
            input.take(to, at, n);
        }
        pumps.wake(-1);
        return n;
    }

    long write(Caller caller, MemorySegment from, long at, long length) throws ErrnoException {
        if (length == 0) return 0;
        int n;
        try (var _ = lock.hold()) {
            n = outputFailed ? -1 : (int) Math.min(length, CAPACITY - output.size());
            if (n > 0) output.add(from, at, n);
        }
        if (n < 0) {
            caller.raiseSigpipe();
            throw EPIPE.exception();
        }
        if (n == 0) throw EAGAIN.exception();
        pumps.wake(-1);
        return n;
    }

    int available() {
        try (var _ = lock.hold()) {
            return input.size();
        }
    }

    int readReadiness() {
        try (var _ = lock.hold()) {
            int events = input.isEmpty() ? 0 : POLLIN | POLLRDNORM;
            return inputEnded ? events | POLLHUP : events;
        }
    }

    int writeReadiness() {
        try (var _ = lock.hold()) {
            int events = output.size() < CAPACITY ? POLLOUT | POLLWRNORM : 0;
            return outputFailed ? events | POLLERR : events;
        }
    }

    void writerClosed() {
        try (var _ = lock.hold()) {
            writers--;
        }
        pumps.wake(-1);
    }

    /** What is outside now decides anew whether there is more. */
    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(input);
        restoration.ready(output);
        inputEnded = false;
        outputFailed = false;
        restoration.resource(HostStreams.class).attach(this);
    }
}
