package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.E2BIG;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ERANGE;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;
import static stasis.abi.Xattr.XATTR_CREATE;
import static stasis.abi.Xattr.XATTR_REPLACE;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Limits;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Path;

import java.nio.charset.StandardCharsets;

/** setxattr(2), getxattr(2), listxattr(2), removexattr(2), each by path, link and descriptor. */
final class XattrSyscalls {
    private XattrSyscalls() {}

    private static Path path(Task task, SyscallArgs args) throws ErrnoException {
        return At.place(task, AT_FDCWD, args.a0, 0);
    }

    private static Path link(Task task, SyscallArgs args) throws ErrnoException {
        return At.place(task, AT_FDCWD, args.a0, AT_SYMLINK_NOFOLLOW);
    }

    private static Path descriptor(Task task, SyscallArgs args) throws ErrnoException {
        return At.place(task, args.int0());
    }

    private static String name(Task task, long addr) throws ErrnoException {
        String name;
        try {
            name = task.memory().readString(addr, Limits.XATTR_NAME_MAX + 1);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENAMETOOLONG ? ERANGE.exception() : e;
        }
        if (name.isEmpty()) throw ERANGE.exception();
        return name;
    }

    /** {@code int setxattr(const char *path, const char *, const void *, size_t, int flags)} */
    static long setxattr(Task task, SyscallArgs args) throws SyscallException {
        return set(task, path(task, args), args);
    }

    /** {@code int lsetxattr(const char *path, const char *, const void *, size_t, int flags)} */
    static long lsetxattr(Task task, SyscallArgs args) throws SyscallException {
        return set(task, link(task, args), args);
    }

    /** {@code int fsetxattr(int fd, const char *, const void *, size_t, int flags)} */
    static long fsetxattr(Task task, SyscallArgs args) throws SyscallException {
        return set(task, descriptor(task, args), args);
    }

    private static long set(Task task, Path path, SyscallArgs args) throws ErrnoException {
        int flags = args.int4();
        if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0) throw EINVAL.exception();
        if (args.a3 < 0 || args.a3 > Limits.XATTR_SIZE_MAX) throw E2BIG.exception();
        String name = name(task, args.a1);
        byte[] value = task.memory().readBytes(args.a2, (int) args.a3);
        task.vfs()
                .attributes(task)
                .setXattr(path.mount(), path.inode(), name, value, condition(flags));
        return 0;
    }

    private static @Nullable Boolean condition(int flags) {
        if (flags == 0) return null;
        return (flags & XATTR_CREATE) != 0;
    }

    /** {@code int removexattr(const char *path, const char *name)} */
    static long removexattr(Task task, SyscallArgs args) throws SyscallException {
        return remove(task, path(task, args), args);
    }

    /** {@code int lremovexattr(const char *path, const char *name)} */
    static long lremovexattr(Task task, SyscallArgs args) throws SyscallException {
        return remove(task, link(task, args), args);
    }

    /** {@code int fremovexattr(int fd, const char *name)} */
    static long fremovexattr(Task task, SyscallArgs args) throws SyscallException {
        return remove(task, descriptor(task, args), args);
    }

    private static long remove(Task task, Path path, SyscallArgs args) throws ErrnoException {
        String name = name(task, args.a1);
        task.vfs().attributes(task).setXattr(path.mount(), path.inode(), name, null, null);
        return 0;
    }

    /** {@code ssize_t getxattr(const char *path, const char *name, void *value, size_t size)} */
    static long getxattr(Task task, SyscallArgs args) throws SyscallException {
        return get(task, path(task, args), args);
    }

    /** {@code ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)} */
    static long lgetxattr(Task task, SyscallArgs args) throws SyscallException {
        return get(task, link(task, args), args);
    }

    /** {@code ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)} */
    static long fgetxattr(Task task, SyscallArgs args) throws SyscallException {
        return get(task, descriptor(task, args), args);
    }

    private static long get(Task task, Path path, SyscallArgs args) throws ErrnoException {
        String name = name(task, args.a1);
        byte[] value = task.vfs().attributes(task).getXattr(path.inode(), name);
        return give(task, value, args.a2, args.a3);
    }

    /** With size 0 only asks how much there is. */
    private static long give(Task task, byte[] value, long to, long size) throws ErrnoException {
        if (size == 0) return value.length;
        if (Long.compareUnsigned(size, value.length) < 0) throw ERANGE.exception();
        task.memory().writeBytes(to, value);
        return value.length;
    }

    /** {@code ssize_t listxattr(const char *path, char *list, size_t size)} */
    static long listxattr(Task task, SyscallArgs args) throws SyscallException {
        return list(task, path(task, args), args);
    }

    /** {@code ssize_t llistxattr(const char *path, char *list, size_t size)} */
    static long llistxattr(Task task, SyscallArgs args) throws SyscallException {
        return list(task, link(task, args), args);
    }

    /** {@code ssize_t flistxattr(int fd, char *list, size_t size)} */
    static long flistxattr(Task task, SyscallArgs args) throws SyscallException {
        return list(task, descriptor(task, args), args);
    }

    private static long list(Task task, Path path, SyscallArgs args) throws ErrnoException {
        StringBuilder names = new StringBuilder();
        for (String name : task.vfs().attributes(task).listXattr(path.inode())) {
            names.append(name).append('\0');
        }
        byte[] bytes = names.toString().getBytes(StandardCharsets.ISO_8859_1);
        return give(task, bytes, args.a1, args.a2);
    }
}
