package stasis.kernel.vfs;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ESPIPE;
import static stasis.abi.Fcntl.O_ACCMODE;
import static stasis.abi.Fcntl.O_APPEND;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.time.MonotonicClock;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** An open file, open(2): shared by every descriptor that was made of it by dup or fork. */
@Saved("vfs.FileDescription")
public final class FileDescription implements LockOwner {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE_DESCRIPTION);

    /** Never changes. */
    private FileImpl impl;

    /** Where it was opened, for /proc/pid/fd and fchdir; null for pipes, sockets and the like. */
    private @Nullable Path path;

    /** O_* of open(2) without the creation flags. Guarded by {@link #lock} for changes. */
    private volatile int flags;

    /** Guarded by {@link #lock}. */
    private long position;

    /** Descriptors, mappings and calls in flight that hold it. Guarded by {@link #lock}. */
    private int references = 1;

    /** fcntl(2) F_SETOWN: pid, negative for a process group, 0 for none. */
    private int owner;

    @NotSaved("epolls register again")
    private @Nullable List<CloseWatcher> watchers;

    @SuppressWarnings("NullAway.Init")
    private FileDescription() {}

    public FileDescription(FileImpl impl, int flags, @Nullable Path path) {
        this.impl = impl;
        this.flags = flags;
        this.path = path;
        impl.inode().opened();
    }

    public FileImpl impl() {
        return impl;
    }

    public @Nullable Path path() {
        return path;
    }

    public int flags() {
        return flags;
    }

    public Inode inode() {
        return impl.inode();
    }

    public boolean readable() {
        int mode = flags & (O_ACCMODE | O_PATH);
        return mode != O_WRONLY && (mode & O_PATH) == 0;
    }

    public boolean writable() {
        int mode = flags & (O_ACCMODE | O_PATH);
        return mode != O_RDONLY && (mode & O_PATH) == 0;
    }

    public boolean nonBlocking() {
        return (flags & O_NONBLOCK) != 0;
    }

    /** fcntl(2) F_SETFL: only the flags of {@code mask} change. */
    public void setFlags(int newFlags, int mask) {
        try (var _ = lock.hold()) {
            flags = (flags & ~mask) | (newFlags & mask);
        }
        impl.flagsChanged(flags);
    }

    public int owner() {
        return owner;
    }

    public void setOwner(int pid) {
        owner = pid;
    }

    public FileDescription acquire() {
        try (var _ = lock.hold()) {
            references++;
        }
        return this;
    }

    /** Gives back one reference; the last one releases the file. */
    public void release(Caller caller) {
        boolean last;
        try (var _ = lock.hold()) {
            last = --references == 0;
        }
        if (!last) return;
        for (CloseWatcher w : takeWatchers()) w.closed(this);
        Inode inode = impl.inode();
        FileLocks locks = inode.locksIfAny();
        if (locks != null) locks.drop(this);
        impl.release(caller);
        inode.closed();
    }

    /** Tells {@code watcher} when the last reference is gone. */
    public void watchClose(CloseWatcher watcher) {
        try (var _ = lock.hold()) {
            if (watchers == null) watchers = new ArrayList<>(1);
            watchers.add(watcher);
        }
    }

    public void unwatchClose(CloseWatcher watcher) {
        try (var _ = lock.hold()) {
            if (watchers != null) watchers.remove(watcher);
        }
    }

    private List<CloseWatcher> takeWatchers() {
        try (var _ = lock.hold()) {
            List<CloseWatcher> all = watchers == null ? List.of() : watchers;
            watchers = null;
            return all;
        }
    }

    /** read(2): at the position, which moves; waits unless O_NONBLOCK. */
    public long read(Caller caller, MemorySegment to, long at, long length)
            throws SyscallException {
        if (!readable()) throw EBADF.exception();
        if (!impl.seekable()) return readStream(caller, to, at, length);
        long from = position();
        long n = impl.read(caller, to, at, length, from);
        moveFrom(from, n);
        return n;
    }

    /** Most find something at once, and need no way to try again. */
    private long readStream(Caller caller, MemorySegment to, long at, long length)
            throws SyscallException {
        try {
            return impl.read(caller, to, at, length, 0);
        } catch (ErrnoException e) {
            if (!wouldBlock(e)) throw e;
        }
        return waiting(caller, POLLIN, () -> impl.read(caller, to, at, length, 0));
    }

    /** pread(2). */
    public long readAt(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        if (!readable()) throw EBADF.exception();
        if (!impl.seekable()) throw ESPIPE.exception();
        if (offset < 0) throw EINVAL.exception();
        return impl.read(caller, to, at, length, offset);
    }

    /**
     * write(2): at the position, which moves, or at the end with O_APPEND. Waits unless O_NONBLOCK
     * until everything is written; a call made again after a checkpoint goes on where it was.
     */
    public long write(Caller caller, MemorySegment from, long at, long length)
            throws SyscallException {
        if (!writable()) throw EBADF.exception();
        if (impl.seekable()) return writeSeekable(caller, from, at, length);
        long done = caller.progress();
        try {
            do {
                long start = done;
                done +=
                        waiting(
                                caller,
                                POLLOUT,
                                () -> impl.write(caller, from, at + start, length - start, 0));
            } while (done < length && !nonBlocking());
        } catch (ErrnoException e) {
            if (done == 0) throw e;
        } catch (RestartException e) {
            caller.keepProgress(done);
            throw e;
        }
        return done;
    }

    /**
     * As {@link #write} for what is not seekable, but only until something is written: for callers
     * that keep their own count.
     */
    public long writeSome(Caller caller, MemorySegment from, long at, long length)
            throws SyscallException {
        if (!writable()) throw EBADF.exception();
        if (impl.seekable()) return writeSeekable(caller, from, at, length);
        return writeStream(caller, from, at, length);
    }

    private long writeStream(Caller caller, MemorySegment from, long at, long length)
            throws SyscallException {
        try {
            return impl.write(caller, from, at, length, 0);
        } catch (ErrnoException e) {
            if (!wouldBlock(e)) throw e;
        }
        return waiting(caller, POLLOUT, () -> impl.write(caller, from, at, length, 0));
    }

    private long writeSeekable(Caller caller, MemorySegment from, long at, long length)
            throws SyscallException {
        if ((flags & O_APPEND) != 0) {
            long n = impl.write(caller, from, at, length, FileImpl.APPEND);
            setPosition(impl.size());
            return n;
        }
        long start = position();
        long n = impl.write(caller, from, at, length, start);
        moveFrom(start, n);
        return n;
    }

    /** pwrite(2). Like Linux, O_APPEND wins over the offset. */
    public long writeAt(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        if (!writable()) throw EBADF.exception();
        if (!impl.seekable()) throw ESPIPE.exception();
        if (offset < 0) throw EINVAL.exception();
        boolean append = (flags & O_APPEND) != 0;
        return impl.write(caller, from, at, length, append ? FileImpl.APPEND : offset);
    }

    private long waiting(Caller caller, int events, Blocking.Attempt attempt)
            throws SyscallException {
        if (nonBlocking()) return attempt.run();
        long timeout = events == POLLIN ? impl.readTimeout() : impl.writeTimeout();
        if (timeout < 0) {
            return Blocking.until(
                    caller,
                    impl,
                    events,
                    MonotonicClock.NEVER,
                    RestartException.ERESTARTSYS,
                    attempt);
        }
        return Blocking.until(
                caller,
                impl,
                events,
                caller.deadline(timeout),
                RestartException.EINTR_UNLESS_CHECKPOINT,
                attempt);
    }

    public long position() {
        try (var _ = lock.hold()) {
            return position;
        }
    }

    public void setPosition(long offset) {
        try (var _ = lock.hold()) {
            position = offset;
        }
    }

    private void moveFrom(long start, long n) {
        try (var _ = lock.hold()) {
            if (position == start) position = start + n;
        }
    }

    public boolean wouldBlock(ErrnoException e) {
        return e.errno() == EAGAIN;
    }
}
