package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SYS_CHROOT;
import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ERANGE;
import static stasis.abi.Errno.ESPIPE;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.StatMode.S_IFIFO;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** chdir(2), chroot(2), getcwd(2), umask(2), sync(2), fsync(2), posix_fadvise(2). */
final class DirectorySyscalls {
    private DirectorySyscalls() {}

    /** {@code int chdir(const char *path)} */
    static long chdir(Task task, SyscallArgs args) throws SyscallException {
        return chdir(task, At.place(task, AT_FDCWD, args.a0, 0));
    }

    /** {@code int fchdir(int fd)} */
    static long fchdir(Task task, SyscallArgs args) throws SyscallException {
        return chdir(task, At.place(task, args.int0()));
    }

    private static long chdir(Task task, Path path) throws ErrnoException {
        task.vfs().checkEnter(task, path);
        task.fs().setCwd(path);
        return 0;
    }

    /** {@code int chroot(const char *path)} */
    static long chroot(Task task, SyscallArgs args) throws SyscallException {
        Path path = At.place(task, AT_FDCWD, args.a0, 0);
        task.vfs().checkEnter(task, path);
        if (!task.credentials().has(CAP_SYS_CHROOT)) throw EPERM.exception();
        task.fs().setRoot(path);
        return 0;
    }

    /** {@code long getcwd(char *buf, unsigned long size)}: the length with its NUL. */
    static long getcwd(Task task, SyscallArgs args) throws SyscallException {
        Path cwd = task.fs().cwd();
        if (task.vfs().isDeleted(cwd)) throw ENOENT.exception();
        byte[] text = task.vfs().pathOf(task.fs(), cwd).getBytes(StandardCharsets.ISO_8859_1);
        byte[] withNul = Arrays.copyOf(text, text.length + 1);
        if (Long.compareUnsigned(args.a1, withNul.length) < 0) throw ERANGE.exception();
        task.memory().writeBytes(args.a0, withNul);
        return withNul.length;
    }

    /** {@code mode_t umask(mode_t mask)} */
    static long umask(Task task, SyscallArgs args) {
        return task.fs().setUmask(args.int0());
    }

    /** {@code void sync(void)}: every write has reached where it belongs when it returned. */
    static long sync(Task task, SyscallArgs args) {
        return 0;
    }

    /** {@code int syncfs(int fd)} */
    static long syncfs(Task task, SyscallArgs args) throws SyscallException {
        task.fdTable().get(args.int0());
        return 0;
    }

    /** {@code int fsync(int fd)} */
    static long fsync(Task task, SyscallArgs args) throws SyscallException {
        return fsync(task, args.int0(), false);
    }

    /** {@code int fdatasync(int fd)} */
    static long fdatasync(Task task, SyscallArgs args) throws SyscallException {
        return fsync(task, args.int0(), true);
    }

    private static long fsync(Task task, int fd, boolean dataOnly) throws ErrnoException {
        FileDescription file = task.fdTable().get(fd);
        if (!file.impl().seekable()) throw EINVAL.exception();
        file.inode().sync(task, dataOnly);
        return 0;
    }

    /** {@code int sync_file_range(int fd, off_t offset, off_t nbytes, unsigned flags)} */
    static long sync_file_range(Task task, SyscallArgs args) throws SyscallException {
        if (args.a1 < 0 || args.a2 < 0 || (args.int3() & ~7) != 0) throw EINVAL.exception();
        FileDescription file = task.fdTable().get(args.int0());
        if (!file.impl().seekable()) throw ESPIPE.exception();
        file.inode().sync(task, true);
        return 0;
    }

    /** {@code int fadvise64(int fd, off_t offset, off_t len, int advice)}: nothing to gain here. */
    static long fadvise64(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = task.fdTable().get(args.int0());
        if (file.inode().type() == S_IFIFO) throw ESPIPE.exception();
        if (args.a2 < 0 || args.int3() < 0 || args.int3() > 5) throw EINVAL.exception();
        return 0;
    }

    /** {@code ssize_t readahead(int fd, off_t offset, size_t count)} */
    static long readahead(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = task.fdTable().get(args.int0());
        if (!file.readable()) throw EBADF.exception();
        if (!file.inode().isRegular()) throw EINVAL.exception();
        return 0;
    }
}
