package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.AT_SYMLINK_NOFOLLOW;
import static stasis.abi.Mount.MNT_DETACH;
import static stasis.abi.Mount.MNT_EXPIRE;
import static stasis.abi.Mount.MNT_FORCE;
import static stasis.abi.Mount.MS_BIND;
import static stasis.abi.Mount.MS_MOVE;
import static stasis.abi.Mount.MS_PRIVATE;
import static stasis.abi.Mount.MS_REC;
import static stasis.abi.Mount.MS_REMOUNT;
import static stasis.abi.Mount.MS_SHARED;
import static stasis.abi.Mount.MS_SLAVE;
import static stasis.abi.Mount.MS_UNBINDABLE;
import static stasis.abi.Mount.UMOUNT_NOFOLLOW;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.kernel.vfs.MountTable;
import stasis.kernel.vfs.Path;

/** mount(2), umount2(2). */
final class MountSyscalls {
    private static final int PROPAGATION = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;
    private static final int MGC = 0xc0ed0000;

    private MountSyscalls() {}

    /**
     * {@code int mount(const char *source, const char *target, const char *type, unsigned long
     * flags, const void *data)}. Unlike Linux, every mount is private: propagation changes are
     * accepted and have no effect.
     */
    static long mount(Task task, SyscallArgs args) throws SyscallException {
        if (!task.credentials().has(CAP_SYS_ADMIN)) throw EPERM.exception();
        int flags = args.int3();
        if ((flags & 0xffff0000) == MGC) flags &= 0xffff;
        Path at = At.place(task, AT_FDCWD, args.a1, 0);
        MountTable mounts = task.vfs().mounts();
        if ((flags & MS_REMOUNT) != 0) {
            mounts.remount(at, flags);
        } else if ((flags & MS_BIND) != 0) {
            mounts.bind(source(task, args), at, (flags & MS_REC) != 0);
        } else if ((flags & PROPAGATION) != 0) {
            if (at.dentry() != at.mount().root()) throw EINVAL.exception();
        } else if ((flags & MS_MOVE) != 0) {
            mounts.move(source(task, args), at);
        } else {
            mounts.mount(at, make(task, args), flags, text(task, args.a0, "none"));
        }
        return 0;
    }

    private static Path source(Task task, SyscallArgs args) throws ErrnoException {
        return At.place(task, AT_FDCWD, args.a0, 0);
    }

    private static String text(Task task, long addr, String absent) throws ErrnoException {
        return addr == 0 ? absent : At.path(task, addr);
    }

    private static Filesystem make(Task task, SyscallArgs args) throws ErrnoException {
        if (args.a2 == 0) throw EINVAL.exception();
        FilesystemType type = task.vfs().filesystemType(At.path(task, args.a2));
        if (type == null) throw ENODEV.exception();
        return type.make(task, text(task, args.a0, "none"), text(task, args.a4, ""));
    }

    /**
     * {@code int umount2(const char *target, int flags)}. Unlike Linux, open files keep nothing.
     */
    static long umount2(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int1();
        if ((flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW)) != 0) {
            throw EINVAL.exception();
        }
        if ((flags & MNT_EXPIRE) != 0) throw EINVAL.exception();
        if (!task.credentials().has(CAP_SYS_ADMIN)) throw EPERM.exception();
        int follow = (flags & UMOUNT_NOFOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0;
        Path at = At.place(task, AT_FDCWD, args.a0, follow);
        task.vfs().mounts().unmount(at, (flags & MNT_DETACH) != 0);
        return 0;
    }
}
