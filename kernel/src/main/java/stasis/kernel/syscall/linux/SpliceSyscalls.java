package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISDIR;
import static stasis.abi.Errno.ESPIPE;
import static stasis.abi.Fcntl.O_APPEND;
import static stasis.abi.Fcntl.SPLICE_F_GIFT;
import static stasis.abi.Fcntl.SPLICE_F_MORE;
import static stasis.abi.Fcntl.SPLICE_F_MOVE;
import static stasis.abi.Fcntl.SPLICE_F_NONBLOCK;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.StatMode.S_IFIFO;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.PeekableFile;

import java.lang.foreign.MemorySegment;

/**
 * sendfile(2), copy_file_range(2), splice(2), tee(2), vmsplice(2). Bytes are copied, never moved:
 * what the calls promise, without their speed.
 */
final class SpliceSyscalls {
    private static final long PIECE = 64 << 10;
    private static final int FLAGS =
            SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;

    /** As the address of an offset: the position of the description. */
    private static final long NO_OFFSET = 0;

    private SpliceSyscalls() {}

    // ---- from a file with positions ----

    /** {@code ssize_t sendfile(int out_fd, int in_fd, off_t *offset, size_t count)} */
    static long sendfile(Task task, SyscallArgs args) throws SyscallException {
        FileDescription out = writable(task, args.int0());
        FileDescription in = readable(task, args.int1());
        if (!in.impl().seekable() || (out.flags() & O_APPEND) != 0) throw EINVAL.exception();
        if (in.inode().isDirectory() || args.a3 < 0) throw EINVAL.exception();
        return copyFrom(task, in, args.a2, out, NO_OFFSET, Math.min(args.a3, Transfer.MAX));
    }

    /** {@code ssize_t copy_file_range(int, off_t *, int, off_t *, size_t len, unsigned flags)} */
    static long copy_file_range(Task task, SyscallArgs args) throws SyscallException {
        FileDescription in = readable(task, args.int0());
        FileDescription out = writable(task, args.int2());
        if (args.int5() != 0 || args.a4 < 0) throw EINVAL.exception();
        if (in.inode().isDirectory() || out.inode().isDirectory()) throw EISDIR.exception();
        if (!in.inode().isRegular() || !out.inode().isRegular()) throw EINVAL.exception();
        if ((out.flags() & O_APPEND) != 0) throw EBADF.exception();
        long length = Math.min(args.a4, Transfer.MAX);
        if (in.inode() == out.inode()) checkApart(task, args, in, out, length);
        return copyFrom(task, in, args.a1, out, args.a3, length);
    }

    private static void checkApart(
            Task task, SyscallArgs args, FileDescription in, FileDescription out, long length)
            throws ErrnoException {
        long from = start(task, in, args.a1);
        long to = start(task, out, args.a3);
        if (from < to + length && to < from + length) throw EINVAL.exception();
    }

    private static long start(Task task, FileDescription file, long addr) throws ErrnoException {
        long at = addr == NO_OFFSET ? file.position() : task.memory().readLong(addr);
        if (at < 0) throw EINVAL.exception();
        return at;
    }

    private static void finish(Task task, FileDescription file, long addr, long at)
            throws ErrnoException {
        if (addr == NO_OFFSET) file.setPosition(at);
        else task.memory().writeLong(addr, at);
    }

    /** Copies until the end of {@code in}, or an error; what was copied by then is the result. */
    private static long copyFrom(
            Task task,
            FileDescription in,
            long inAddr,
            FileDescription out,
            long outAddr,
            long length)
            throws SyscallException {
        long from = start(task, in, inAddr);
        boolean placed = outAddr != NO_OFFSET;
        long to = placed ? start(task, out, outAddr) : 0;
        long done = 0;
        try {
            while (done < length) {
                long want = Math.min(PIECE, length - done);
                MemorySegment buffer = task.buffer(PIECE);
                long n = in.readAt(task, buffer, 0, want, from + done);
                if (n == 0) break;
                long put =
                        placed
                                ? out.writeAt(task, buffer, 0, n, to + done)
                                : out.writeSome(task, buffer, 0, n);
                done += put;
                if (put < n && out.nonBlocking()) break;
            }
        } catch (SyscallException e) {
            if (done == 0) throw e;
        }
        finish(task, in, inAddr, from + done);
        if (placed) finish(task, out, outAddr, to + done);
        return done;
    }

    private static FileDescription readable(Task task, int fd) throws ErrnoException {
        FileDescription file = task.fdTable().get(fd);
        if (!file.readable()) throw EBADF.exception();
        return file;
    }

    private static FileDescription writable(Task task, int fd) throws ErrnoException {
        FileDescription file = task.fdTable().get(fd);
        if (!file.writable()) throw EBADF.exception();
        return file;
    }

    // ---- pipes ----

    private static boolean isPipe(FileDescription file) {
        return file.inode().type() == S_IFIFO;
    }

    /** {@code ssize_t splice(int, off_t *off_in, int, off_t *off_out, size_t len, unsigned)} */
    static long splice(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int5();
        if ((flags & ~FLAGS) != 0 || args.a4 < 0) throw EINVAL.exception();
        FileDescription in = readable(task, args.int0());
        FileDescription out = writable(task, args.int2());
        if (!isPipe(in) && !isPipe(out)) throw EINVAL.exception();
        if ((isPipe(in) && args.a1 != 0) || (isPipe(out) && args.a3 != 0)) throw ESPIPE.exception();
        if ((out.flags() & O_APPEND) != 0 || in.impl() == out.impl()) throw EINVAL.exception();
        if (args.a4 == 0) return 0;
        long length = Math.min(args.a4, PIECE);
        boolean wait = (flags & SPLICE_F_NONBLOCK) == 0;
        if (in.impl().seekable()) {
            awaitRoom(task, out, wait);
            return copyFrom(task, in, args.a1, out, NO_OFFSET, length);
        }
        if (args.a1 != 0) throw ESPIPE.exception();
        return in.impl() instanceof PeekableFile pipe
                ? fromPipe(task, in, pipe, out, args.a3, length, wait)
                : fromStream(task, in, out, length, wait);
    }

    private static void awaitRoom(Task task, FileDescription out, boolean wait)
            throws SyscallException {
        await(task, out, POLLOUT, wait);
    }

    private static void await(Task task, FileDescription file, int events, boolean wait)
            throws SyscallException {
        Blocking.Attempt ready =
                () -> {
                    int now = file.impl().readiness();
                    if ((now & (events | POLLHUP | POLLERR)) == 0) throw EAGAIN.exception();
                    return 0;
                };
        if (!wait || file.nonBlocking()) {
            ready.run();
            return;
        }
        Blocking.until(
                task,
                file.impl(),
                events,
                MonotonicClock.NEVER,
                RestartException.ERESTARTSYS,
                ready);
    }

    /** What could not be written stays in the pipe. */
    private static long fromPipe(
            Task task,
            FileDescription in,
            PeekableFile pipe,
            FileDescription out,
            long outAddr,
            long length,
            boolean wait)
            throws SyscallException {
        MemorySegment buffer = task.buffer(PIECE);
        long n = peek(task, in, pipe, buffer, length, wait);
        if (n == 0) return 0;
        if (isPipe(out)) awaitRoom(task, out, wait);
        long put;
        if (outAddr != NO_OFFSET) {
            long at = start(task, out, outAddr);
            put = out.writeAt(task, buffer, 0, n, at);
            finish(task, out, outAddr, at + put);
        } else {
            put = out.writeSome(task, buffer, 0, n);
        }
        pipe.consume(put);
        return put;
    }

    private static long peek(
            Task task,
            FileDescription in,
            PeekableFile pipe,
            MemorySegment buffer,
            long length,
            boolean wait)
            throws SyscallException {
        if (!wait || in.nonBlocking()) return pipe.peek(buffer, 0, length);
        return Blocking.until(
                task,
                pipe,
                POLLIN,
                MonotonicClock.NEVER,
                RestartException.ERESTARTSYS,
                () -> pipe.peek(buffer, 0, length));
    }

    /** A socket or a terminal to a pipe: nothing is taken before there is room. */
    private static long fromStream(
            Task task, FileDescription in, FileDescription out, long length, boolean wait)
            throws SyscallException {
        awaitRoom(task, out, wait);
        if (!wait) await(task, in, POLLIN, false);
        MemorySegment buffer = task.buffer(PIECE);
        long n = in.read(task, buffer, 0, Math.min(length, 4096));
        return n == 0 ? 0 : out.writeSome(task, buffer, 0, n);
    }

    /** {@code ssize_t tee(int fd_in, int fd_out, size_t len, unsigned flags)} */
    static long tee(Task task, SyscallArgs args) throws SyscallException {
        if ((args.int3() & ~FLAGS) != 0) throw EINVAL.exception();
        FileDescription in = readable(task, args.int0());
        FileDescription out = writable(task, args.int1());
        if (!isPipe(out) || in.impl() == out.impl()) throw EINVAL.exception();
        if (!(in.impl() instanceof PeekableFile pipe)) throw EINVAL.exception();
        boolean wait = (args.int3() & SPLICE_F_NONBLOCK) == 0;
        MemorySegment buffer = task.buffer(PIECE);
        long n = peek(task, in, pipe, buffer, Math.min(args.a2, PIECE), wait);
        if (n == 0) return 0;
        awaitRoom(task, out, wait);
        return out.writeSome(task, buffer, 0, n);
    }

    /** {@code ssize_t vmsplice(int fd, const struct iovec *iov, size_t nr_segs, unsigned)} */
    static long vmsplice(Task task, SyscallArgs args) throws SyscallException {
        if ((args.int3() & ~FLAGS) != 0) throw EINVAL.exception();
        FileDescription file = task.fdTable().get(args.int0());
        if (!isPipe(file)) throw EBADF.exception();
        IoVector vector = IoVector.read(task.memory(), args.a1, args.a2);
        Transfer transfer = new Transfer(task, file, Transfer.AT_POSITION);
        if ((args.int3() & SPLICE_F_NONBLOCK) != 0 && !file.nonBlocking()) {
            await(task, file, file.writable() ? POLLOUT : POLLIN, false);
        }
        return file.writable() ? transfer.write(vector) : transfer.read(vector);
    }
}
