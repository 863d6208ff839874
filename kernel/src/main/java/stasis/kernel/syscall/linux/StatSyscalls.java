package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Fcntl.AT_EACCESS;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_NO_AUTOMOUNT;
import static stasis.abi.Fcntl.AT_STATX_SYNC_TYPE;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;

import stasis.abi.ErrnoException;
import stasis.abi.LinuxDirent;
import stasis.abi.Stat;
import stasis.abi.Statfs;
import stasis.abi.Statx;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.Mount;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.StatfsInfo;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** stat(2), statx(2), access(2), readlink(2), getdents(2), statfs(2). */
final class StatSyscalls {
    private static final int DIRECTORY_BUFFER = 64 << 10;

    private StatSyscalls() {}

    // ---- stat ----

    /** {@code int stat(const char *pathname, struct stat *statbuf)} */
    static long stat(Task task, SyscallArgs args) throws SyscallException {
        return stat(task, At.place(task, AT_FDCWD, args.a0, 0), args.a1);
    }

    /** {@code int lstat(const char *pathname, struct stat *statbuf)} */
    static long lstat(Task task, SyscallArgs args) throws SyscallException {
        return stat(task, At.place(task, AT_FDCWD, args.a0, AT_SYMLINK_NOFOLLOW), args.a1);
    }

    /** {@code int fstat(int fd, struct stat *statbuf)} */
    static long fstat(Task task, SyscallArgs args) throws SyscallException {
        write(task, task.fdTable().get(args.int0()).inode().stat(), args.a1);
        return 0;
    }

    /** {@code int newfstatat(int dirfd, const char *pathname, struct stat *statbuf, int flags)} */
    static long newfstatat(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int3();
        if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT)) != 0) {
            throw EINVAL.exception();
        }
        return stat(task, At.place(task, args.int0(), args.a1, flags), args.a2);
    }

    private static long stat(Task task, Path path, long to) throws ErrnoException {
        write(task, path.inode().stat(), to);
        return 0;
    }

    private static void write(Task task, InodeStat stat, long to) throws ErrnoException {
        MemorySegment buffer = task.buffer(Stat.SIZE);
        asStat(stat).write(buffer);
        task.memory().write(to, buffer, 0, Stat.SIZE);
    }

    private static Stat asStat(InodeStat s) {
        return new Stat(
                s.dev(),
                s.ino(),
                s.nlink(),
                s.mode(),
                s.uid(),
                s.gid(),
                s.rdev(),
                s.size(),
                s.blksize(),
                s.blocks(),
                s.atime(),
                s.mtime(),
                s.ctime());
    }

    /** {@code int statx(int dirfd, const char *path, int flags, unsigned mask, struct statx *)} */
    static long statx(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int2();
        int known = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_SYNC_TYPE;
        boolean reservedMask = (args.int3() & 0x80000000) != 0;
        boolean bothSyncs = (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE;
        if ((flags & ~known) != 0 || reservedMask || bothSyncs) throw EINVAL.exception();
        Path path = At.place(task, args.int0(), args.a1, flags);
        InodeStat stat = path.inode().stat();
        boolean isRoot = path.dentry() == path.mount().root();
        MemorySegment buffer = task.buffer(Statx.SIZE);
        new Statx(asStat(stat), stat.btime(), path.mount().id(), isRoot).write(buffer);
        task.memory().write(args.a4, buffer, 0, Statx.SIZE);
        return 0;
    }

    // ---- access ----

    /** {@code int access(const char *pathname, int mode)} */
    static long access(Task task, SyscallArgs args) throws SyscallException {
        return access(task, AT_FDCWD, args.a0, args.int1(), 0);
    }

    /** {@code int faccessat(int dirfd, const char *pathname, int mode)} */
    static long faccessat(Task task, SyscallArgs args) throws SyscallException {
        return access(task, args.int0(), args.a1, args.int2(), 0);
    }

    /** {@code int faccessat2(int dirfd, const char *pathname, int mode, int flags)} */
    static long faccessat2(Task task, SyscallArgs args) throws SyscallException {
        return access(task, args.int0(), args.a1, args.int2(), args.int3());
    }

    private static long access(Task task, int dirfd, long addr, int mode, int flags)
            throws ErrnoException {
        if ((mode & ~7) != 0) throw EINVAL.exception();
        if ((flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
            throw EINVAL.exception();
        }
        Path path = At.place(task, dirfd, addr, flags);
        task.vfs().access(task, path, mode, (flags & AT_EACCESS) != 0);
        return 0;
    }

    // ---- readlink ----

    /** {@code ssize_t readlink(const char *pathname, char *buf, size_t bufsiz)} */
    static long readlink(Task task, SyscallArgs args) throws SyscallException {
        return readlink(task, AT_FDCWD, args.a0, args.a1, args.int2());
    }

    /** {@code ssize_t readlinkat(int dirfd, const char *pathname, char *buf, size_t bufsiz)} */
    static long readlinkat(Task task, SyscallArgs args) throws SyscallException {
        return readlink(task, args.int0(), args.a1, args.a2, args.int3());
    }

    private static long readlink(Task task, int dirfd, long addr, long to, int size)
            throws ErrnoException {
        if (size <= 0) throw EINVAL.exception();
        Path link = At.place(task, dirfd, addr, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH);
        if (!link.inode().isSymlink()) {
            boolean byDescriptor = At.path(task, addr).isEmpty();
            throw (byDescriptor ? ENOENT : EINVAL).exception();
        }
        byte[] text = task.vfs().readlink(task, link).getBytes(StandardCharsets.ISO_8859_1);
        int n = Math.min(text.length, size);
        task.memory().writeBytes(to, n == text.length ? text : Arrays.copyOf(text, n));
        return n;
    }

    // ---- getdents ----

    /** {@code ssize_t getdents64(int fd, void *dirp, size_t count)} */
    static long getdents64(Task task, SyscallArgs args) throws SyscallException {
        return getdents(task, args, true);
    }

    /** {@code long getdents(unsigned fd, struct linux_dirent *dirp, unsigned count)} */
    static long getdents(Task task, SyscallArgs args) throws SyscallException {
        return getdents(task, args, false);
    }

    private static long getdents(Task task, SyscallArgs args, boolean is64) throws ErrnoException {
        FileDescription file = task.fdTable().get(args.int0());
        if (!file.readable()) throw EBADF.exception();
        long count = Math.min(args.a2 & 0xffffffffL, DIRECTORY_BUFFER);
        MemorySegment buffer = task.buffer(DIRECTORY_BUFFER);
        task.memory().checkWritable(args.a1, count);
        long[] used = {0};
        boolean[] tooSmall = {false};
        task.vfs()
                .list(
                        task,
                        file,
                        (name, ino, mode, next) -> {
                            if (used[0] + LinuxDirent.length(name, is64) > count) {
                                tooSmall[0] = used[0] == 0;
                                return false;
                            }
                            LinuxDirent.write(buffer, used[0], name, ino, next, mode, is64);
                            used[0] += LinuxDirent.length(name, is64);
                            return true;
                        });
        if (tooSmall[0]) throw EINVAL.exception();
        task.memory().write(args.a1, buffer, 0, used[0]);
        return used[0];
    }

    // ---- statfs ----

    /** {@code int statfs(const char *path, struct statfs *buf)} */
    static long statfs(Task task, SyscallArgs args) throws SyscallException {
        return statfs(task, At.place(task, AT_FDCWD, args.a0, 0), args.a1);
    }

    /** {@code int fstatfs(int fd, struct statfs *buf)} */
    static long fstatfs(Task task, SyscallArgs args) throws SyscallException {
        return statfs(task, At.place(task, args.int0()), args.a1);
    }

    private static long statfs(Task task, Path path, long to) throws ErrnoException {
        if (to == 0) throw EFAULT.exception();
        StatfsInfo s = path.inode().filesystem().statfs();
        long id = path.inode().filesystem().device();
        MemorySegment buffer = task.buffer(Statfs.SIZE);
        new Statfs(
                        s.magic(),
                        s.blockSize(),
                        s.blocks(),
                        s.freeBlocks(),
                        s.files(),
                        s.freeFiles(),
                        id,
                        s.nameMax(),
                        path.mount().flags() & Mount.FLAGS)
                .write(buffer);
        task.memory().write(to, buffer, 0, Statfs.SIZE);
        return 0;
    }
}
