package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EFBIG;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ESPIPE;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.StatMode.S_IFIFO;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.AttributeRules;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;

/** chmod(2), chown(2), utimensat(2), truncate(2), fallocate(2). */
final class AttributeSyscalls {
    /** {@code include/linux/stat.h}. */
    private static final long UTIME_NOW = (1 << 30) - 1;

    private static final long UTIME_OMIT = (1 << 30) - 2;
    private static final long SECOND = 1_000_000_000;

    /** As a time: leave it. */
    private static final long OMIT = Long.MIN_VALUE;

    private AttributeSyscalls() {}

    private static AttributeRules rules(Task task) {
        return task.vfs().attributes(task);
    }

    /** A descriptor that is more than a place. */
    private static FileDescription file(Task task, int fd) throws ErrnoException {
        FileDescription file = task.fdTable().get(fd);
        if ((file.flags() & O_PATH) != 0) throw EBADF.exception();
        return file;
    }

    // ---- mode ----

    /** {@code int chmod(const char *pathname, mode_t mode)} */
    static long chmod(Task task, SyscallArgs args) throws SyscallException {
        return chmod(task, At.place(task, AT_FDCWD, args.a0, 0), args.int1());
    }

    /** {@code int fchmod(int fd, mode_t mode)} */
    static long fchmod(Task task, SyscallArgs args) throws SyscallException {
        return chmod(task, At.place(task, file(task, args.int0())), args.int1());
    }

    /** {@code int fchmodat(int dirfd, const char *pathname, mode_t mode)} */
    static long fchmodat(Task task, SyscallArgs args) throws SyscallException {
        return chmod(task, At.place(task, args.int0(), args.a1, 0), args.int2());
    }

    /** {@code int fchmodat2(int dirfd, const char *pathname, mode_t mode, unsigned flags)} */
    static long fchmodat2(Task task, SyscallArgs args) throws SyscallException {
        checkFlags(args.int3());
        return chmod(task, At.place(task, args.int0(), args.a1, args.int3()), args.int2());
    }

    private static void checkFlags(int flags) throws ErrnoException {
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) throw EINVAL.exception();
    }

    private static long chmod(Task task, Path path, int mode) throws ErrnoException {
        rules(task).chmod(path.mount(), path.inode(), mode);
        return 0;
    }

    // ---- owner ----

    /** {@code int chown(const char *pathname, uid_t owner, gid_t group)} */
    static long chown(Task task, SyscallArgs args) throws SyscallException {
        return chown(task, At.place(task, AT_FDCWD, args.a0, 0), args.int1(), args.int2());
    }

    /** {@code int lchown(const char *pathname, uid_t owner, gid_t group)} */
    static long lchown(Task task, SyscallArgs args) throws SyscallException {
        Path path = At.place(task, AT_FDCWD, args.a0, AT_SYMLINK_NOFOLLOW);
        return chown(task, path, args.int1(), args.int2());
    }

    /** {@code int fchown(int fd, uid_t owner, gid_t group)} */
    static long fchown(Task task, SyscallArgs args) throws SyscallException {
        Path path = At.place(task, file(task, args.int0()));
        return chown(task, path, args.int1(), args.int2());
    }

    /** {@code int fchownat(int dirfd, const char *pathname, uid_t, gid_t, int flags)} */
    static long fchownat(Task task, SyscallArgs args) throws SyscallException {
        checkFlags(args.int4());
        Path path = At.place(task, args.int0(), args.a1, args.int4());
        return chown(task, path, args.int2(), args.int3());
    }

    private static long chown(Task task, Path path, int uid, int gid) throws ErrnoException {
        rules(task).chown(path.mount(), path.inode(), uid, gid);
        return 0;
    }

    // ---- times ----

    /** {@code int utimensat(int dirfd, const char *path, const struct timespec[2], int flags)} */
    static long utimensat(Task task, SyscallArgs args) throws SyscallException {
        checkFlags(args.int3());
        long now = task.realtimeClock().now();
        long times = args.a2;
        long atime = times == 0 ? UTIME_NOW : timespec(task, times, now);
        long mtime = times == 0 ? UTIME_NOW : timespec(task, times + 16, now);
        if (atime == OMIT && mtime == OMIT) return 0;
        Path path =
                args.a1 == 0 && args.int0() != AT_FDCWD
                        ? At.place(task, file(task, args.int0()))
                        : At.place(task, args.int0(), args.a1, args.int3());
        boolean bothNow = times == 0 || (isNow(task, times) && isNow(task, times + 16));
        return utimes(task, path, atime, mtime, bothNow);
    }

    private static boolean isNow(Task task, long addr) throws ErrnoException {
        return task.memory().readLong(addr + 8) == UTIME_NOW;
    }

    private static long timespec(Task task, long addr, long now) throws ErrnoException {
        long seconds = task.memory().readLong(addr);
        long nanos = task.memory().readLong(addr + 8);
        if (nanos == UTIME_NOW) return now;
        if (nanos == UTIME_OMIT) return OMIT;
        return nanos(seconds, nanos, SECOND);
    }

    private static long nanos(long seconds, long fraction, long perSecond) throws ErrnoException {
        if (fraction < 0 || fraction >= perSecond) throw EINVAL.exception();
        long limit = Long.MAX_VALUE / SECOND - 1;
        long clamped = Math.clamp(seconds, -limit, limit);
        return clamped * SECOND + fraction * (SECOND / perSecond);
    }

    private static long utimes(Task task, Path path, long atime, long mtime, boolean now)
            throws ErrnoException {
        rules(task).utimes(path.mount(), path.inode(), atime, mtime, now);
        return 0;
    }

    /** {@code int utimes(const char *filename, const struct timeval times[2])} */
    static long utimes(Task task, SyscallArgs args) throws SyscallException {
        return timevals(task, At.place(task, AT_FDCWD, args.a0, 0), args.a1);
    }

    /** {@code int futimesat(int dirfd, const char *pathname, const struct timeval times[2])} */
    static long futimesat(Task task, SyscallArgs args) throws SyscallException {
        Path path =
                args.a1 == 0
                        ? At.place(task, file(task, args.int0()))
                        : At.place(task, args.int0(), args.a1, 0);
        return timevals(task, path, args.a2);
    }

    private static long timevals(Task task, Path path, long addr) throws ErrnoException {
        if (addr == 0) return utimes(task, path, 0, 0, true);
        UserAccess memory = task.memory();
        long atime = nanos(memory.readLong(addr), memory.readLong(addr + 8), 1_000_000);
        long mtime = nanos(memory.readLong(addr + 16), memory.readLong(addr + 24), 1_000_000);
        return utimes(task, path, atime, mtime, false);
    }

    /** {@code int utime(const char *filename, const struct utimbuf *times)} */
    static long utime(Task task, SyscallArgs args) throws SyscallException {
        Path path = At.place(task, AT_FDCWD, args.a0, 0);
        if (args.a1 == 0) return utimes(task, path, 0, 0, true);
        long atime = nanos(task.memory().readLong(args.a1), 0, SECOND);
        long mtime = nanos(task.memory().readLong(args.a1 + 8), 0, SECOND);
        return utimes(task, path, atime, mtime, false);
    }

    // ---- size ----

    /** {@code int truncate(const char *path, off_t length)} */
    static long truncate(Task task, SyscallArgs args) throws SyscallException {
        if (args.a1 < 0) throw EINVAL.exception();
        rules(task).truncate(At.place(task, AT_FDCWD, args.a0, 0), args.a1);
        return 0;
    }

    /** {@code int ftruncate(int fd, off_t length)} */
    static long ftruncate(Task task, SyscallArgs args) throws SyscallException {
        rules(task).truncate(file(task, args.int0()), args.a1);
        return 0;
    }

    /** {@code int fallocate(int fd, int mode, off_t offset, off_t len)} */
    static long fallocate(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = task.fdTable().get(args.int0());
        if (args.a2 < 0 || args.a3 <= 0) throw EINVAL.exception();
        if (!file.writable()) throw EBADF.exception();
        if (file.inode().type() == S_IFIFO) throw ESPIPE.exception();
        if (!file.inode().isRegular()) throw ENODEV.exception();
        if (args.a2 + args.a3 < 0) throw EFBIG.exception();
        file.inode().fallocate(task, args.int1(), args.a2, args.a3);
        return 0;
    }
}
