package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.E2BIG;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENAMETOOLONG;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.CLOSE_RANGE_CLOEXEC;
import static stasis.abi.Fcntl.CLOSE_RANGE_UNSHARE;
import static stasis.abi.Fcntl.O_CLOEXEC;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_DIRECTORY;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_TMPFILE;
import static stasis.abi.Fcntl.O_TRUNC;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Fcntl.RESOLVE_BENEATH;
import static stasis.abi.Fcntl.RESOLVE_CACHED;
import static stasis.abi.Fcntl.RESOLVE_IN_ROOT;
import static stasis.abi.Fcntl.RESOLVE_NO_MAGICLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_SYMLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_XDEV;
import static stasis.abi.Mman.MFD_ALLOW_SEALING;
import static stasis.abi.Mman.MFD_CLOEXEC;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.UnnamedFiles;

/** open(2), openat2(2), close(2), close_range(2). */
final class OpenSyscalls {
    /**
     * Like Linux's VALID_OPEN_FLAGS; open(2) and openat(2) ignore the rest, openat2(2) does not.
     */
    private static final int VALID = 0x7fffc3 | O_CLOEXEC;

    private static final int RESOLVE_ALL =
            RESOLVE_NO_XDEV
                    | RESOLVE_NO_MAGICLINKS
                    | RESOLVE_NO_SYMLINKS
                    | RESOLVE_BENEATH
                    | RESOLVE_IN_ROOT
                    | RESOLVE_CACHED;

    private static final int O_TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

    /** Like Linux's MFD_NAME_MAX_LEN, and the NUL. */
    private static final int MEMFD_NAME_MAX = 250;

    private static final int O_LARGEFILE = 0x8000;

    private OpenSyscalls() {}

    /** {@code int open(const char *pathname, int flags, mode_t mode)} */
    static long open(Task task, SyscallArgs args) throws SyscallException {
        return open(task, AT_FDCWD, args.a0, args.int1(), args.int2());
    }

    /** {@code int openat(int dirfd, const char *pathname, int flags, mode_t mode)} */
    static long openat(Task task, SyscallArgs args) throws SyscallException {
        return open(task, args.int0(), args.a1, args.int2(), args.int3());
    }

    /** {@code int creat(const char *pathname, mode_t mode)} */
    static long creat(Task task, SyscallArgs args) throws SyscallException {
        return open(task, AT_FDCWD, args.a0, O_CREAT | O_WRONLY | O_TRUNC, args.int1());
    }

    private static long open(Task task, int dirfd, long addr, int flags, int mode)
            throws SyscallException {
        boolean creates = (flags & (O_CREAT | O_TMPFILE_BIT)) != 0;
        checkTmpfile(flags);
        String path = At.path(task, addr);
        OpenHow how = OpenHow.of(flags & VALID, creates ? mode & 07777 : 0);
        return install(task, At.base(task, dirfd, path), path, how);
    }

    private static void checkTmpfile(int flags) throws ErrnoException {
        if ((flags & O_TMPFILE_BIT) == 0) return;
        if ((flags & O_DIRECTORY) == 0 || (flags & O_CREAT) != 0) throw EINVAL.exception();
    }

    private static long install(Task task, Path base, String path, OpenHow how)
            throws SyscallException {
        FileDescription file = task.vfs().open(task, task.fs(), base, path, how);
        return task.install(file, how.has(O_CLOEXEC));
    }

    /** {@code int openat2(int dirfd, const char *pathname, struct open_how *how, size_t size)} */
    static long openat2(Task task, SyscallArgs args) throws SyscallException {
        OpenHow how = readHow(task, args.a2, args.a3);
        String path = At.path(task, args.a1);
        boolean scoped = (how.resolve() & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) != 0;
        Path base = scoped ? At.directory(task, args.int0()) : At.base(task, args.int0(), path);
        return install(task, base, path, how);
    }

    /** {@code struct open_how}: u64 flags, u64 mode, u64 resolve; later fields must be zero. */
    private static OpenHow readHow(Task task, long addr, long size) throws ErrnoException {
        if (size < 24) throw EINVAL.exception();
        if (size > 4096) throw E2BIG.exception();
        UserAccess memory = task.memory();
        byte[] all = memory.readBytes(addr, (int) size);
        for (int i = 24; i < size; i++) if (all[i] != 0) throw E2BIG.exception();
        long flags = memory.readLong(addr);
        long mode = memory.readLong(addr + 8);
        long resolve = memory.readLong(addr + 16);
        boolean creates = (flags & (O_CREAT | O_TMPFILE_BIT)) != 0;
        if ((flags & ~VALID) != 0 || (resolve & ~RESOLVE_ALL) != 0) throw EINVAL.exception();
        if ((mode & ~07777) != 0 || (!creates && mode != 0)) throw EINVAL.exception();
        int both = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
        if ((resolve & both) == both) throw EINVAL.exception();
        int withPath = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        if ((flags & O_PATH) != 0 && (flags & ~withPath) != 0) throw EINVAL.exception();
        checkTmpfile((int) flags);
        return new OpenHow((int) flags, (int) mode, (int) resolve);
    }

    /** {@code int close(int fd)} */
    static long close(Task task, SyscallArgs args) throws SyscallException {
        task.fdTable().close(task, args.int0());
        return 0;
    }

    /** {@code int close_range(unsigned first, unsigned last, unsigned flags)} */
    static long close_range(Task task, SyscallArgs args) throws SyscallException {
        long first = args.a0 & 0xffffffffL;
        long last = args.a1 & 0xffffffffL;
        int flags = args.int2();
        if ((flags & ~(CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE)) != 0 || first > last) {
            throw EINVAL.exception();
        }
        if ((flags & CLOSE_RANGE_UNSHARE) != 0) unshare(task);
        FdTable table = task.fdTable();
        for (int fd : table.descriptors()) {
            if (fd < first || fd > last) continue;
            if ((flags & CLOSE_RANGE_CLOEXEC) != 0) table.setCloseOnExec(fd, true);
            else closeQuietly(task, table, fd);
        }
        return 0;
    }

    private static void unshare(Task task) {
        FdTable shared = task.fdTable();
        if (!shared.shared()) return;
        task.setFdTable(shared.copy());
        shared.leave(task);
    }

    /** {@code int memfd_create(const char *name, unsigned flags)}. Unlike Linux, no MFD_HUGETLB. */
    static long memfd_create(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int1();
        if ((flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING)) != 0) throw EINVAL.exception();
        String name;
        try {
            name = task.memory().readString(args.a0, MEMFD_NAME_MAX);
        } catch (ErrnoException e) {
            throw e.errno() == ENAMETOOLONG ? EINVAL.exception() : e;
        }
        UnnamedFiles files = task.vfs().unnamedFiles();
        Inode inode = files.create(task, name, (flags & MFD_ALLOW_SEALING) != 0);
        Path place = task.vfs().nowhere(inode);
        FileDescription file = task.vfs().openPlace(task, place, O_RDWR | O_LARGEFILE);
        return task.install(file, (flags & MFD_CLOEXEC) != 0);
    }

    /** Another task may have closed it meanwhile. */
    private static void closeQuietly(Task task, FdTable table, int fd) throws ErrnoException {
        try {
            table.close(task, fd);
        } catch (ErrnoException e) {
            if (e.errno() != EBADF) throw e;
        }
    }
}
