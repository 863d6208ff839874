package stasis.kernel.fs.eventfd;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.Words;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** A counter, eventfd(2). */
@Saved("eventfd.Eventfd")
public final class Eventfd implements FileImpl {
    /** The largest count, unsigned; one more would mean an overflow. */
    private static final long MAX = -2;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    private Inode inode;

    /** EFD_SEMAPHORE: a read takes one. */
    private boolean semaphore;

    /** Unsigned. Guarded by {@link #lock}. */
    private long count;

    @SuppressWarnings("NullAway.Init")
    private Eventfd() {}

    public Eventfd(Inode inode, int initial, boolean semaphore) {
        this.inode = inode;
        this.count = Integer.toUnsignedLong(initial);
        this.semaphore = semaphore;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        Words.check(length);
        long value;
        try (var _ = lock.hold()) {
            if (count == 0) throw EAGAIN.exception();
            value = semaphore ? 1 : count;
            count -= value;
        }
        Words.set(to, at, value);
        waitQueue.wake(POLLOUT | POLLWRNORM);
        return Words.BYTES;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        Words.check(length);
        long value = Words.get(from, at);
        if (value == -1) throw EINVAL.exception();
        try (var _ = lock.hold()) {
            if (Long.compareUnsigned(value, MAX - count) > 0) throw EAGAIN.exception();
            count += value;
        }
        waitQueue.wake(POLLIN | POLLRDNORM);
        return Words.BYTES;
    }

    @Override
    public int readiness() {
        try (var _ = lock.hold()) {
            int events = count != 0 ? POLLIN | POLLRDNORM : 0;
            return count != MAX ? events | POLLOUT | POLLWRNORM : events;
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public Inode inode() {
        return inode;
    }
}
