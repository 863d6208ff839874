package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.FD_CLOEXEC;
import static stasis.abi.Fcntl.F_ADD_SEALS;
import static stasis.abi.Fcntl.F_DUPFD;
import static stasis.abi.Fcntl.F_DUPFD_CLOEXEC;
import static stasis.abi.Fcntl.F_GETFD;
import static stasis.abi.Fcntl.F_GETFL;
import static stasis.abi.Fcntl.F_GETLEASE;
import static stasis.abi.Fcntl.F_GETLK;
import static stasis.abi.Fcntl.F_GETOWN;
import static stasis.abi.Fcntl.F_GETSIG;
import static stasis.abi.Fcntl.F_GET_SEALS;
import static stasis.abi.Fcntl.F_OFD_GETLK;
import static stasis.abi.Fcntl.F_OFD_SETLK;
import static stasis.abi.Fcntl.F_OFD_SETLKW;
import static stasis.abi.Fcntl.F_SETFD;
import static stasis.abi.Fcntl.F_SETFL;
import static stasis.abi.Fcntl.F_SETLK;
import static stasis.abi.Fcntl.F_SETLKW;
import static stasis.abi.Fcntl.F_SETOWN;
import static stasis.abi.Fcntl.F_UNLCK;
import static stasis.abi.Fcntl.O_APPEND;
import static stasis.abi.Fcntl.O_CLOEXEC;
import static stasis.abi.Fcntl.O_DIRECT;
import static stasis.abi.Fcntl.O_NOATIME;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Ioctls.FIOASYNC;
import static stasis.abi.Ioctls.FIOCLEX;
import static stasis.abi.Ioctls.FIONBIO;
import static stasis.abi.Ioctls.FIONCLEX;
import static stasis.abi.Ioctls.FIONREAD;
import static stasis.abi.Ioctls.FIOQSIZE;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.inet.InterfaceIoctls;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;

/** dup(2), fcntl(2), ioctl(2). */
final class DescriptorSyscalls {
    /** {@code include/uapi/asm-generic/fcntl.h}. */
    private static final int O_ASYNC = 0x2000;

    private static final int SETTABLE = O_APPEND | O_NONBLOCK | O_ASYNC | O_DIRECT | O_NOATIME;

    private DescriptorSyscalls() {}

    // ---- dup ----

    /** {@code int dup(int oldfd)} */
    static long dup(Task task, SyscallArgs args) throws SyscallException {
        return duplicate(task, args.int0(), 0, false);
    }

    private static long duplicate(Task task, int fd, int min, boolean cloexec)
            throws ErrnoException {
        FileDescription file = task.fdTable().get(fd).acquire();
        boolean installed = false;
        try {
            int made = task.fdTable().install(task, file, min, cloexec);
            installed = true;
            return made;
        } finally {
            if (!installed) file.release(task);
        }
    }

    /** {@code int dup2(int oldfd, int newfd)} */
    static long dup2(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() == args.int1()) {
            task.fdTable().get(args.int0());
            return args.int1();
        }
        return replace(task, args.int0(), args.int1(), false);
    }

    /** {@code int dup3(int oldfd, int newfd, int flags)} */
    static long dup3(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int2();
        if ((flags & ~O_CLOEXEC) != 0 || args.int0() == args.int1()) throw EINVAL.exception();
        return replace(task, args.int0(), args.int1(), flags != 0);
    }

    private static long replace(Task task, int from, int to, boolean cloexec)
            throws ErrnoException {
        FdTable table = task.fdTable();
        FileDescription file = table.get(from).acquire();
        FileDescription old;
        boolean installed = false;
        try {
            old = table.replace(task, to, file, cloexec);
            installed = true;
        } finally {
            if (!installed) file.release(task);
        }
        if (old != null) table.close(task, old);
        return to;
    }

    // ---- fcntl ----

    /** {@code int fcntl(int fd, int cmd, ... arg)} */
    static long fcntl(Task task, SyscallArgs args) throws SyscallException {
        int fd = args.int0();
        int command = args.int1();
        FileDescription file = task.fdTable().get(fd);
        switch (command) {
            case F_DUPFD, F_DUPFD_CLOEXEC -> {
                return duplicate(task, fd, args.int2(), command == F_DUPFD_CLOEXEC);
            }
            case F_GETFD -> {
                return task.fdTable().closeOnExec(fd) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> {
                task.fdTable().setCloseOnExec(fd, (args.a2 & FD_CLOEXEC) != 0);
                return 0;
            }
            case F_GETFL -> {
                return file.flags();
            }
            default -> {
                if ((file.flags() & O_PATH) != 0) throw EBADF.exception();
                return fcntlOfFile(task, file, command, args);
            }
        }
    }

    private static long fcntlOfFile(Task task, FileDescription file, int command, SyscallArgs args)
            throws SyscallException {
        switch (command) {
            case F_SETFL -> {
                setFlags(task, file, args.int2());
                return 0;
            }
            case F_GETLK, F_OFD_GETLK -> {
                return LockSyscalls.get(task, file, command, args.a2);
            }
            case F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW -> {
                return LockSyscalls.set(task, file, command, args.a2);
            }
            case F_GETOWN -> {
                return file.owner();
            }
            case F_SETOWN -> {
                if (args.int2() == Integer.MIN_VALUE) throw EINVAL.exception();
                file.setOwner(args.int2());
                return 0;
            }
            case F_GETSIG -> {
                return 0;
            }
            case F_GETLEASE -> {
                return F_UNLCK;
            }
            case F_GET_SEALS -> {
                return file.inode().seals();
            }
            case F_ADD_SEALS -> {
                if (!file.writable()) throw EPERM.exception();
                file.inode().addSeals(args.int2());
                return 0;
            }
            default -> {
                return file.impl().fcntl(file, task, command, args.a2);
            }
        }
    }

    private static void setFlags(Task task, FileDescription file, int flags) throws ErrnoException {
        boolean newNoAtime = (flags & ~file.flags() & O_NOATIME) != 0;
        if (newNoAtime && !task.credentials().owns(file.inode().uid())) throw EPERM.exception();
        file.setFlags(flags, SETTABLE);
    }

    // ---- ioctl ----

    /** {@code int ioctl(int fd, unsigned long request, ...)} */
    static long ioctl(Task task, SyscallArgs args) throws SyscallException {
        int fd = args.int0();
        int request = args.int1();
        FileDescription file = task.fdTable().get(fd);
        if ((file.flags() & O_PATH) != 0) throw EBADF.exception();
        switch (request) {
            case FIOCLEX, FIONCLEX -> task.fdTable().setCloseOnExec(fd, request == FIOCLEX);
            case FIONBIO -> setFlag(task, file, O_NONBLOCK, args.a2);
            case FIOASYNC -> setFlag(task, file, O_ASYNC, args.a2);
            case FIOQSIZE -> {
                if (!file.inode().isRegular()) return ofFile(task, file, args);
                task.memory().writeLong(args.a2, file.impl().size());
            }
            case FIONREAD -> {
                if (!file.inode().isRegular()) return ofFile(task, file, args);
                long rest = file.impl().size() - file.position();
                task.memory().writeInt(args.a2, Math.clamp(rest, 0, Integer.MAX_VALUE));
            }
            default -> {
                return ofFile(task, file, args);
            }
        }
        return 0;
    }

    private static long ofFile(Task task, FileDescription file, SyscallArgs args)
            throws SyscallException {
        boolean interfaces = file.impl() instanceof SocketFile;
        try {
            return file.impl().ioctl(file, task, args.int1(), args.a2);
        } catch (ErrnoException e) {
            if (!interfaces || e.errno() != ENOTTY) throw e;
        }
        // Like Linux, every socket will do to ask for interfaces
        return InterfaceIoctls.run(task.machine().network(), task, args.int1(), args.a2);
    }

    private static void setFlag(Task task, FileDescription file, int flag, long addr)
            throws ErrnoException {
        boolean on = task.memory().readInt(addr) != 0;
        file.setFlags(on ? flag : 0, flag);
    }
}
