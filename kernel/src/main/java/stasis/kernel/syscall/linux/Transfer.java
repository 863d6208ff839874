package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;

/**
 * One read(2)- or write(2)-like call: bytes between a file and user memory, in pieces that fit the
 * task's buffer.
 *
 * <p>A file with a position may be asked piece by piece; anything else is asked once for a read, so
 * that messages stay whole, and user memory is checked first, so that nothing that was taken from
 * it is lost. After some bytes, an error is kept for the next call, as in Linux.
 */
final class Transfer {
    /** Like Linux's MAX_RW_COUNT. */
    static final long MAX = 0x7ffff000;

    /** As an offset: the position of the description. */
    static final long AT_POSITION = -1;

    private static final long PIECE = 1 << 20;

    private final Task task;
    private final FileDescription file;

    /** Where in the file the next piece goes, or {@link #AT_POSITION}. */
    private long offset;

    Transfer(Task task, FileDescription file, long offset) {
        this.task = task;
        this.file = file;
        this.offset = offset;
    }

    // ---- one buffer, one piece: nearly all calls; nothing is allocated ----

    /** read(2) and pread(2). */
    static long read(Task task, FileDescription file, long offset, long addr, long length)
            throws SyscallException {
        if (length < 0) throw EINVAL.exception();
        if (length > PIECE || !isWritable(task, addr, length)) {
            return new Transfer(task, file, offset).read(IoVector.of(addr, length));
        }
        MemorySegment buffer = task.buffer(Math.max(1, length));
        long n =
                offset == AT_POSITION
                        ? file.read(task, buffer, 0, length)
                        : file.readAt(task, buffer, 0, length, offset);
        task.memory().write(addr, buffer, 0, n);
        return n;
    }

    private static boolean isWritable(Task task, long addr, long length) {
        try {
            task.memory().checkWritable(addr, length);
            return true;
        } catch (ErrnoException e) {
            return false; // some of it may be
        }
    }

    /** write(2) and pwrite(2). */
    static long write(Task task, FileDescription file, long offset, long addr, long length)
            throws SyscallException {
        if (length < 0) throw EINVAL.exception();
        MemorySegment buffer = task.buffer(Math.clamp(length, 1, PIECE));
        boolean plain = length <= PIECE && !task.redoing();
        if (!plain || !isReadInto(buffer, task, addr, length)) {
            return new Transfer(task, file, offset).write(IoVector.of(addr, length));
        }
        long n =
                offset == AT_POSITION
                        ? file.writeSome(task, buffer, 0, length)
                        : file.writeAt(task, buffer, 0, length, offset);
        if (n == length || file.nonBlocking() || file.impl().seekable()) return n;
        return new Transfer(task, file, offset).write(IoVector.of(addr, length), n);
    }

    private static boolean isReadInto(MemorySegment buffer, Task task, long addr, long length) {
        try {
            task.memory().read(addr, buffer, 0, length);
            return true;
        } catch (ErrnoException e) {
            return false; // some of it may be readable
        }
    }

    // ---- reading ----

    long read(IoVector to) throws SyscallException {
        return file.impl().seekable() ? readPieces(to) : readOnce(to);
    }

    private long readPieces(IoVector to) throws SyscallException {
        long done = 0;
        try {
            do {
                long want = writablePiece(to, done);
                MemorySegment buffer = task.buffer(want);
                long n = readPiece(buffer, want);
                to.write(task.memory(), done, buffer, n);
                done += n;
                if (n < want) break;
            } while (done < to.length());
        } catch (SyscallException e) {
            if (done == 0) throw e;
        }
        return done;
    }

    /** How much of the next piece can be written to user memory; EFAULT if nothing. */
    private long writablePiece(IoVector to, long done) throws ErrnoException {
        long want = Math.min(PIECE, to.length() - done);
        try {
            to.checkWritable(task.memory(), done, want);
            return want;
        } catch (ErrnoException e) {
            if (e.errno() != EFAULT) throw e;
        }
        long toPageEnd = Math.min(want, to.bytesToPageEnd(done));
        to.checkWritable(task.memory(), done, toPageEnd);
        return toPageEnd;
    }

    private long readPiece(MemorySegment buffer, long want) throws SyscallException {
        if (offset == AT_POSITION) return file.read(task, buffer, 0, want);
        long n = file.readAt(task, buffer, 0, want, offset);
        offset += n;
        return n;
    }

    private long readOnce(IoVector to) throws SyscallException {
        long want = Math.min(PIECE, to.length());
        to.checkWritable(task.memory(), 0, want);
        MemorySegment buffer = task.buffer(Math.max(1, want));
        long n = readPiece(buffer, want);
        to.write(task.memory(), 0, buffer, n);
        return n;
    }

    // ---- writing ----

    /** A call made again after a checkpoint goes on where it was. */
    long write(IoVector from) throws SyscallException {
        return write(from, file.impl().seekable() ? 0 : task.progress());
    }

    /**
     * @param before bytes that are written already
     */
    private long write(IoVector from, long before) throws SyscallException {
        boolean seekable = file.impl().seekable();
        long done = before;
        try {
            do {
                long want = Math.min(PIECE, from.length() - done);
                MemorySegment buffer = task.buffer(Math.max(1, want));
                want = readUser(from, done, buffer, want);
                long n = writePiece(buffer, want);
                done += n;
                if (n < want && (seekable || file.nonBlocking())) break;
            } while (done < from.length());
        } catch (ErrnoException e) {
            if (done == 0) throw e;
        } catch (RestartException e) {
            task.keepProgress(done);
            throw e;
        }
        return done;
    }

    /** Up to {@code want} bytes; fewer if not all of it is mapped; EFAULT if nothing is. */
    private long readUser(IoVector from, long done, MemorySegment buffer, long want)
            throws ErrnoException {
        try {
            from.read(task.memory(), done, buffer, want);
            return want;
        } catch (ErrnoException e) {
            if (e.errno() != EFAULT) throw e;
        }
        long toPageEnd = Math.min(want, from.bytesToPageEnd(done));
        from.read(task.memory(), done, buffer, toPageEnd);
        return toPageEnd;
    }

    private long writePiece(MemorySegment buffer, long want) throws SyscallException {
        if (offset == AT_POSITION) return file.writeSome(task, buffer, 0, want);
        long n = file.writeAt(task, buffer, 0, want, offset);
        offset += n;
        return n;
    }
}
