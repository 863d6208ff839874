package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EOVERFLOW;
import static stasis.abi.Errno.ESPIPE;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.RWF_DSYNC;
import static stasis.abi.Fcntl.RWF_HIPRI;
import static stasis.abi.Fcntl.RWF_NOWAIT;
import static stasis.abi.Fcntl.RWF_SYNC;
import static stasis.abi.Fcntl.SEEK_CUR;
import static stasis.abi.Fcntl.SEEK_DATA;
import static stasis.abi.Fcntl.SEEK_END;
import static stasis.abi.Fcntl.SEEK_HOLE;
import static stasis.abi.Fcntl.SEEK_SET;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** read(2), write(2), readv(2), writev(2), pread(2), preadv2(2) and so on, lseek(2). */
final class ReadWriteSyscalls {
    private ReadWriteSyscalls() {}

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

    private static void checkSeekable(FileDescription file, long offset) throws ErrnoException {
        if (offset < 0) throw EINVAL.exception();
        if (!file.impl().seekable()) throw ESPIPE.exception();
    }

    private static long read(Task task, FileDescription file, long offset, IoVector to)
            throws SyscallException {
        return new Transfer(task, file, offset).read(to);
    }

    private static long write(Task task, FileDescription file, long offset, IoVector from)
            throws SyscallException {
        return new Transfer(task, file, offset).write(from);
    }

    /** {@code ssize_t read(int fd, void *buf, size_t count)} */
    static long read(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = readable(task, args.int0());
        return Transfer.read(task, file, Transfer.AT_POSITION, args.a1, args.a2);
    }

    /** {@code ssize_t write(int fd, const void *buf, size_t count)} */
    static long write(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = writable(task, args.int0());
        return Transfer.write(task, file, Transfer.AT_POSITION, args.a1, args.a2);
    }

    /** {@code ssize_t pread64(int fd, void *buf, size_t count, off_t offset)} */
    static long pread64(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = readable(task, args.int0());
        checkSeekable(file, args.a3);
        return Transfer.read(task, file, args.a3, args.a1, args.a2);
    }

    /** {@code ssize_t pwrite64(int fd, const void *buf, size_t count, off_t offset)} */
    static long pwrite64(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = writable(task, args.int0());
        checkSeekable(file, args.a3);
        return Transfer.write(task, file, args.a3, args.a1, args.a2);
    }

    private static IoVector vector(Task task, SyscallArgs args) throws ErrnoException {
        return IoVector.read(task.memory(), args.a1, args.a2);
    }

    /** {@code ssize_t readv(int fd, const struct iovec *iov, int iovcnt)} */
    static long readv(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = readable(task, args.int0());
        return read(task, file, Transfer.AT_POSITION, vector(task, args));
    }

    /** {@code ssize_t writev(int fd, const struct iovec *iov, int iovcnt)} */
    static long writev(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = writable(task, args.int0());
        return write(task, file, Transfer.AT_POSITION, vector(task, args));
    }

    /** {@code ssize_t preadv(int fd, const struct iovec *, int, long pos_l, long pos_h)} */
    static long preadv(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = readable(task, args.int0());
        checkSeekable(file, args.a3);
        return read(task, file, args.a3, vector(task, args));
    }

    /** {@code ssize_t pwritev(int fd, const struct iovec *, int, long pos_l, long pos_h)} */
    static long pwritev(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = writable(task, args.int0());
        checkSeekable(file, args.a3);
        return write(task, file, args.a3, vector(task, args));
    }

    /**
     * {@code ssize_t preadv2(int fd, const struct iovec *, int, long, long, int flags)}. Unlike
     * Linux, RWF_NOWAIT is refused where it could matter (streams that would wait).
     */
    static long preadv2(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int5();
        if ((flags & ~(RWF_HIPRI | RWF_NOWAIT)) != 0) throw EOPNOTSUPP.exception();
        FileDescription file = readable(task, args.int0());
        if ((flags & RWF_NOWAIT) != 0 && !file.impl().seekable() && !file.nonBlocking()) {
            throw EOPNOTSUPP.exception();
        }
        if (args.a3 != -1) checkSeekable(file, args.a3);
        return read(task, file, args.a3, vector(task, args));
    }

    /** {@code ssize_t pwritev2(int fd, const struct iovec *, int, long, long, int flags)} */
    static long pwritev2(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int5();
        if ((flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC)) != 0) throw EOPNOTSUPP.exception();
        FileDescription file = writable(task, args.int0());
        if (args.a3 != -1) checkSeekable(file, args.a3);
        long n = write(task, file, args.a3, vector(task, args));
        if ((flags & (RWF_DSYNC | RWF_SYNC)) != 0) {
            file.inode().sync(task, (flags & RWF_SYNC) == 0);
        }
        return n;
    }

    /** {@code off_t lseek(int fd, off_t offset, int whence)} */
    static long lseek(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = task.fdTable().get(args.int0());
        if ((file.flags() & O_PATH) != 0) throw EBADF.exception();
        if (!file.impl().seekable()) throw ESPIPE.exception();
        long position = target(file, args.a1, args.int2());
        file.setPosition(position);
        return position;
    }

    private static long target(FileDescription file, long offset, int whence)
            throws ErrnoException {
        long base =
                switch (whence) {
                    case SEEK_SET -> 0;
                    case SEEK_CUR -> file.position();
                    case SEEK_END -> file.impl().size();
                    case SEEK_DATA, SEEK_HOLE -> {
                        if (!file.inode().isRegular()) throw ENXIO.exception();
                        yield file.inode().seekDataOrHole(offset, whence == SEEK_DATA);
                    }
                    default -> throw EINVAL.exception();
                };
        if (whence == SEEK_DATA || whence == SEEK_HOLE) return base;
        if (offset > 0 && base > Long.MAX_VALUE - offset) throw EOVERFLOW.exception();
        if (base + offset < 0) throw EINVAL.exception();
        return base + offset;
    }
}
