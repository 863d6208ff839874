package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_REMOVEDIR;
import static stasis.abi.Fcntl.AT_SYMLINK_FOLLOW;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;
import static stasis.abi.Fcntl.RENAME_EXCHANGE;
import static stasis.abi.Fcntl.RENAME_NOREPLACE;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.NameChanges;
import stasis.kernel.vfs.Path;

/** mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2), rename(2). */
final class NameSyscalls {
    private NameSyscalls() {}

    private static NameChanges changes(Task task) {
        return task.vfs().changes(task, task.fs());
    }

    /** {@code int mkdir(const char *pathname, mode_t mode)} */
    static long mkdir(Task task, SyscallArgs args) throws SyscallException {
        return mkdir(task, AT_FDCWD, args.a0, args.int1());
    }

    /** {@code int mkdirat(int dirfd, const char *pathname, mode_t mode)} */
    static long mkdirat(Task task, SyscallArgs args) throws SyscallException {
        return mkdir(task, args.int0(), args.a1, args.int2());
    }

    private static long mkdir(Task task, int dirfd, long addr, int mode) throws ErrnoException {
        String path = At.path(task, addr);
        changes(task).mkdir(At.base(task, dirfd, path), path, mode);
        return 0;
    }

    /** {@code int mknod(const char *pathname, mode_t mode, dev_t dev)} */
    static long mknod(Task task, SyscallArgs args) throws SyscallException {
        return mknod(task, AT_FDCWD, args.a0, args.int1(), args.a2);
    }

    /** {@code int mknodat(int dirfd, const char *pathname, mode_t mode, dev_t dev)} */
    static long mknodat(Task task, SyscallArgs args) throws SyscallException {
        return mknod(task, args.int0(), args.a1, args.int2(), args.a3);
    }

    private static long mknod(Task task, int dirfd, long addr, int mode, long dev)
            throws ErrnoException {
        String path = At.path(task, addr);
        changes(task).mknod(At.base(task, dirfd, path), path, mode & 0xffff, dev & 0xffffffffL);
        return 0;
    }

    /** {@code int symlink(const char *target, const char *linkpath)} */
    static long symlink(Task task, SyscallArgs args) throws SyscallException {
        return symlink(task, args.a0, AT_FDCWD, args.a1);
    }

    /** {@code int symlinkat(const char *target, int newdirfd, const char *linkpath)} */
    static long symlinkat(Task task, SyscallArgs args) throws SyscallException {
        return symlink(task, args.a0, args.int1(), args.a2);
    }

    private static long symlink(Task task, long target, int dirfd, long addr)
            throws ErrnoException {
        String text = At.path(task, target);
        String path = At.path(task, addr);
        changes(task).symlink(text, At.base(task, dirfd, path), path);
        return 0;
    }

    /** {@code int link(const char *oldpath, const char *newpath)} */
    static long link(Task task, SyscallArgs args) throws SyscallException {
        return link(task, AT_FDCWD, args.a0, AT_FDCWD, args.a1, 0);
    }

    /** {@code int linkat(int olddirfd, const char *, int newdirfd, const char *, int flags)} */
    static long linkat(Task task, SyscallArgs args) throws SyscallException {
        return link(task, args.int0(), args.a1, args.int2(), args.a3, args.int4());
    }

    private static long link(Task task, int oldFd, long oldAddr, int newFd, long newAddr, int flags)
            throws ErrnoException {
        if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0) throw EINVAL.exception();
        NameChanges changes = changes(task);
        if ((flags & AT_EMPTY_PATH) != 0) changes.checkLinkByDescriptor();
        int follow = (flags & AT_SYMLINK_FOLLOW) != 0 ? 0 : AT_SYMLINK_NOFOLLOW;
        Path old = At.place(task, oldFd, oldAddr, follow | (flags & AT_EMPTY_PATH));
        String path = At.path(task, newAddr);
        changes.link(old, At.base(task, newFd, path), path);
        return 0;
    }

    /** {@code int unlink(const char *pathname)} */
    static long unlink(Task task, SyscallArgs args) throws SyscallException {
        String path = At.path(task, args.a0);
        changes(task).unlink(At.base(task, AT_FDCWD, path), path);
        return 0;
    }

    /** {@code int rmdir(const char *pathname)} */
    static long rmdir(Task task, SyscallArgs args) throws SyscallException {
        String path = At.path(task, args.a0);
        changes(task).rmdir(At.base(task, AT_FDCWD, path), path);
        return 0;
    }

    /** {@code int unlinkat(int dirfd, const char *pathname, int flags)} */
    static long unlinkat(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int2();
        if ((flags & ~AT_REMOVEDIR) != 0) throw EINVAL.exception();
        String path = At.path(task, args.a1);
        Path base = At.base(task, args.int0(), path);
        if (flags != 0) changes(task).rmdir(base, path);
        else changes(task).unlink(base, path);
        return 0;
    }

    /** {@code int rename(const char *oldpath, const char *newpath)} */
    static long rename(Task task, SyscallArgs args) throws SyscallException {
        return rename(task, AT_FDCWD, args.a0, AT_FDCWD, args.a1, 0);
    }

    /** {@code int renameat(int olddirfd, const char *, int newdirfd, const char *)} */
    static long renameat(Task task, SyscallArgs args) throws SyscallException {
        return rename(task, args.int0(), args.a1, args.int2(), args.a3, 0);
    }

    /** {@code int renameat2(int olddirfd, const char *, int newdirfd, const char *, unsigned)} */
    static long renameat2(Task task, SyscallArgs args) throws SyscallException {
        return rename(task, args.int0(), args.a1, args.int2(), args.a3, args.int4());
    }

    /** Unlike Linux, RENAME_WHITEOUT is not known. */
    private static long rename(
            Task task, int oldFd, long oldAddr, int newFd, long newAddr, int flags)
            throws ErrnoException {
        boolean noReplace = (flags & RENAME_NOREPLACE) != 0;
        boolean exchange = (flags & RENAME_EXCHANGE) != 0;
        boolean unknown = (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) != 0;
        if (unknown || (noReplace && exchange)) throw EINVAL.exception();
        String from = At.path(task, oldAddr);
        String to = At.path(task, newAddr);
        Path oldBase = At.base(task, oldFd, from);
        Path newBase = At.base(task, newFd, to);
        changes(task).rename(oldBase, from, newBase, to, noReplace, exchange);
        return 0;
    }
}
