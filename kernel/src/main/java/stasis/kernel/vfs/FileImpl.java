package stasis.kernel.vfs;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;
import stasis.kernel.wait.Pollable;
import stasis.kernel.wait.WaitQueue;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;

/**
 * What is behind an open file: {@link FileDescription} keeps position, flags and the waiting; this
 * does the work, and never waits: it throws EAGAIN where it would have to, and the description
 * sleeps on {@link #waitQueue} and tries again.
 *
 * <p>One instance per open file where the open matters (a directory stream, a pipe end); it may
 * also be the inode itself.
 */
@SavedKind
public interface FileImpl extends Pollable {
    /** As an offset for {@link #write}: at the end, atomically (O_APPEND). */
    long APPEND = -1;

    /** True if reads and writes have a position (regular files, block devices, /dev/mem-likes). */
    default boolean seekable() {
        return false;
    }

    /**
     * Reads at most {@code length} bytes to {@code to} from {@code at} on.
     *
     * @param offset where in the file; meaningless if not {@link #seekable}
     * @return bytes read, 0 at the end
     */
    default long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        throw EINVAL.exception();
    }

    /**
     * Writes at most {@code length} bytes from {@code from} at {@code at} on; fewer are a result,
     * not an error, if there is no more room now.
     *
     * @param offset where in the file, or {@link #APPEND}
     */
    default long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        throw EINVAL.exception();
    }

    /** Size for SEEK_END and after an append. */
    default long size() throws ErrnoException {
        return 0;
    }

    /** The default is for files that are always ready. */
    @Override
    default int readiness() {
        return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
    }

    @Override
    default @Nullable WaitQueue waitQueue() {
        return null;
    }

    /**
     * ioctl(2) requests of this kind of file; the generic ones (FIONBIO, FIOCLEX) never get here.
     */
    default long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        throw ENOTTY.exception();
    }

    /** fcntl(2) commands of this kind of file (F_SETPIPE_SZ); the generic ones never get here. */
    default long fcntl(FileDescription file, Caller caller, int command, long arg)
            throws SyscallException {
        throw EINVAL.exception();
    }

    /** Nanoseconds after which a waiting read fails with EAGAIN (SO_RCVTIMEO); negative: never. */
    default long readTimeout() {
        return -1;
    }

    /** The same of writes, SO_SNDTIMEO. */
    default long writeTimeout() {
        return -1;
    }

    /** What mmap(2) maps, or null if this cannot be mapped (ENODEV). */
    default @Nullable Mappable mappable() {
        return null;
    }

    /**
     * EPERM or EACCES if mmap(2) may not map this so (sealed memfds). Rights of the descriptor were
     * checked before.
     */
    default void checkMap(boolean shared, boolean writable) throws ErrnoException {}

    /** The inode for fstat(2) and the like. */
    Inode inode();

    /** O_NONBLOCK, O_APPEND or O_ASYNC changed by fcntl(2). */
    default void flagsChanged(int flags) {}

    /** The last descriptor of the description is gone. Called once. */
    default void release(Caller caller) {}
}
