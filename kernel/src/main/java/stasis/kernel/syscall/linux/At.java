package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;

import stasis.abi.ErrnoException;
import stasis.abi.Limits;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;

/** How calls name files: openat(2), "The dirfd argument". */
final class At {
    private At() {}

    static String path(Task task, long addr) throws ErrnoException {
        return task.memory().readString(addr, Limits.PATH_MAX);
    }

    /** Where a walk of {@code path} starts. */
    static Path base(Task task, int dirfd, String path) throws ErrnoException {
        if (path.startsWith("/")) return task.fs().root();
        return directory(task, dirfd);
    }

    static Path directory(Task task, int dirfd) throws ErrnoException {
        if (dirfd == AT_FDCWD) return task.fs().cwd();
        Path path = task.fdTable().get(dirfd).path();
        if (path == null || !path.isDirectory()) throw ENOTDIR.exception();
        return path;
    }

    /**
     * The place that the arguments name.
     *
     * @param flags AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH; others are the caller's business
     */
    static Path place(Task task, int dirfd, long addr, int flags) throws ErrnoException {
        boolean maybeEmpty = (flags & AT_EMPTY_PATH) != 0;
        String path = addr == 0 && maybeEmpty ? "" : path(task, addr);
        if (path.isEmpty() && maybeEmpty) {
            return dirfd == AT_FDCWD ? task.fs().cwd() : place(task, dirfd);
        }
        boolean follow = (flags & AT_SYMLINK_NOFOLLOW) == 0;
        return task.vfs().resolve(task, task.fs(), base(task, dirfd, path), path, follow);
    }

    /** The file behind a descriptor, as a place. */
    static Path place(Task task, int fd) throws ErrnoException {
        return place(task, task.fdTable().get(fd));
    }

    static Path place(Task task, FileDescription file) {
        Path path = file.path();
        return path != null ? path : task.vfs().nowhere(file.inode());
    }
}
