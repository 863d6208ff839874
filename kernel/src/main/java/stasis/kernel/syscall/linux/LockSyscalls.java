package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EOVERFLOW;
import static stasis.abi.Fcntl.F_OFD_GETLK;
import static stasis.abi.Fcntl.F_OFD_SETLK;
import static stasis.abi.Fcntl.F_OFD_SETLKW;
import static stasis.abi.Fcntl.F_RDLCK;
import static stasis.abi.Fcntl.F_SETLKW;
import static stasis.abi.Fcntl.F_UNLCK;
import static stasis.abi.Fcntl.F_WRLCK;
import static stasis.abi.Fcntl.LOCK_EX;
import static stasis.abi.Fcntl.LOCK_NB;
import static stasis.abi.Fcntl.LOCK_SH;
import static stasis.abi.Fcntl.LOCK_UN;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.SEEK_CUR;
import static stasis.abi.Fcntl.SEEK_END;
import static stasis.abi.Fcntl.SEEK_SET;

import stasis.abi.ErrnoException;
import stasis.abi.Flock;
import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileLocks;
import stasis.kernel.vfs.LockOwner;
import stasis.kernel.vfs.RecordLock;

import java.lang.foreign.MemorySegment;

/** flock(2), and the locks of fcntl(2). */
final class LockSyscalls {
    private LockSyscalls() {}

    /** {@code int flock(int fd, int operation)} */
    static long flock(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = task.fdTable().get(args.int0());
        if ((file.flags() & O_PATH) != 0) throw EBADF.exception();
        int operation = args.int1();
        boolean wait = (operation & LOCK_NB) == 0;
        FileLocks locks = file.inode().locks();
        switch (operation & ~LOCK_NB) {
            case LOCK_SH -> locks.flock(task, file, false, wait);
            case LOCK_EX -> locks.flock(task, file, true, wait);
            case LOCK_UN -> locks.unflock(file);
            default -> throw EINVAL.exception();
        }
        return 0;
    }

    /** F_SETLK, F_SETLKW and their OFD counterparts. */
    static long set(Task task, FileDescription file, int command, long addr)
            throws SyscallException {
        Flock wanted = read(task, addr);
        boolean ofd = command == F_OFD_SETLK || command == F_OFD_SETLKW;
        if (ofd && wanted.pid() != 0) throw EINVAL.exception();
        RecordLock lock = asLock(task, file, wanted, ofd);
        FileLocks locks = file.inode().locks();
        if (wanted.type() == F_UNLCK) {
            locks.unlockRecords(lock.owner(), lock.start(), lock.end());
            return 0;
        }
        if (wanted.type() == F_RDLCK && !file.readable()) throw EBADF.exception();
        if (wanted.type() == F_WRLCK && !file.writable()) throw EBADF.exception();
        locks.lockRecord(task, lock, command == F_SETLKW || command == F_OFD_SETLKW);
        return 0;
    }

    /** F_GETLK, F_OFD_GETLK. */
    static long get(Task task, FileDescription file, int command, long addr)
            throws SyscallException {
        Flock wanted = read(task, addr);
        boolean ofd = command == F_OFD_GETLK;
        if (wanted.type() == F_UNLCK || (ofd && wanted.pid() != 0)) throw EINVAL.exception();
        RecordLock blocker = file.inode().locks().blocker(asLock(task, file, wanted, ofd));
        MemorySegment buffer = task.buffer(Flock.SIZE);
        if (blocker == null) {
            new Flock(F_UNLCK, wanted.whence(), wanted.start(), wanted.len(), wanted.pid())
                    .write(buffer);
        } else {
            boolean toEnd = blocker.end() == RecordLock.TO_END;
            long length = toEnd ? 0 : blocker.end() - blocker.start() + 1;
            int type = blocker.exclusive() ? F_WRLCK : F_RDLCK;
            new Flock(type, SEEK_SET, blocker.start(), length, blocker.pid()).write(buffer);
        }
        task.memory().write(addr, buffer, 0, Flock.SIZE);
        return 0;
    }

    private static Flock read(Task task, long addr) throws ErrnoException {
        MemorySegment buffer = task.buffer(Flock.SIZE);
        task.memory().read(addr, buffer, 0, Flock.SIZE);
        Flock flock = Flock.read(buffer);
        if (flock.type() > F_UNLCK) throw EINVAL.exception();
        return flock;
    }

    /** Like Linux's flock64_to_posix_lock. */
    private static RecordLock asLock(Task task, FileDescription file, Flock f, boolean ofd)
            throws ErrnoException {
        long base =
                switch (f.whence()) {
                    case SEEK_SET -> 0;
                    case SEEK_CUR -> file.position();
                    case SEEK_END -> file.impl().size();
                    default -> throw EINVAL.exception();
                };
        long start = base + f.start();
        if (f.start() > 0 && start < base) throw EOVERFLOW.exception();
        if (f.len() < 0) start += f.len();
        if (start < 0) throw EINVAL.exception();
        long end = RecordLock.TO_END;
        if (f.len() > 0) {
            if (start > Long.MAX_VALUE - (f.len() - 1)) throw EOVERFLOW.exception();
            end = start + f.len() - 1;
        } else if (f.len() < 0) {
            end = start - f.len() - 1;
        }
        LockOwner owner = ofd ? file : task.fdTable();
        return new RecordLock(owner, f.type() == F_WRLCK, start, end, ofd ? -1 : task.pid());
    }
}
