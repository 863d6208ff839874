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

    /** Bytes that the pump has taken and is still carrying out. Guarded by {@link #lock}. */
    @NotSaved("carried out by the pump that took them")
    private int outgoing;

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

    /** Bytes from outside. Waits until there is room for all of them. */
    public void received(byte[] bytes, int at, int length) throws InterruptedException {
        int done = 0;
        while (done < length) {
            int n = add(bytes, at + done, length - done);
            done += n;
            if (n > 0) waitQueue.wake(POLLIN | POLLRDNORM);
            else HostThread.await(pumps, this::hasRoomForInput);
        }
    }

    private int add(byte[] bytes, int at, int length) {
        try (var _ = lock.hold()) {
            int n = Math.min(length, CAPACITY - input.size());
            input.add(MemorySegment.ofArray(bytes), at, n);
            return n;
        }
    }

    private boolean hasRoomForInput() {
        try (var _ = lock.hold()) {
            return input.size() < CAPACITY;
        }
    }

    /** Nothing more will come from outside: readers find the end of the file. */
    public void inputEnded() {
        try (var _ = lock.hold()) {
            inputEnded = true;
        }
        waitQueue.wake(POLLIN | POLLRDNORM | POLLHUP);
    }

    /**
     * Waits for bytes that go outside, and takes them. Those taken before are outside by now.
     *
     * @return how many, or -1 if there will be no more: every descriptor was closed
     */
    public int takeOutput(byte[] to) throws InterruptedException {
        try (var _ = lock.hold()) {
            outgoing = 0;
        }
        HostThread.await(pumps, this::hasOutputOrEnd);
        int n;
        try (var _ = lock.hold()) {
            if (output.isEmpty()) return -1;
            n = Math.min(to.length, output.size());
            output.take(MemorySegment.ofArray(to), 0, n);
            outgoing = n;
        }
        waitQueue.wake(POLLOUT | POLLWRNORM);
        return n;
    }

    private boolean hasOutputOrEnd() {
        try (var _ = lock.hold()) {
            return !output.isEmpty() || (hadWriters && writers == 0) || outputFailed;
        }
    }

    /** Bytes that were written and are not yet outside. */
    public int pendingOutput() {
        try (var _ = lock.hold()) {
            return output.size() + outgoing;
        }
    }

    /** Nobody outside takes bytes any more: writing fails with EPIPE. */
    public void outputFailed() {
        try (var _ = lock.hold()) {
            outputFailed = true;
            outgoing = 0;
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
