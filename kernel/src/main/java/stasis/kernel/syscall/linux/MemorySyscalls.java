package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Membarrier.MEMBARRIER_CMD_GLOBAL;
import static stasis.abi.Membarrier.MEMBARRIER_CMD_PRIVATE_EXPEDITED;
import static stasis.abi.Membarrier.MEMBARRIER_CMD_QUERY;
import static stasis.abi.Membarrier.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
import static stasis.abi.Mman.MAP_ANONYMOUS;
import static stasis.abi.Mman.MS_ASYNC;
import static stasis.abi.Mman.MS_INVALIDATE;
import static stasis.abi.Mman.MS_SYNC;

import stasis.abi.SyscallException;
import stasis.arch.Pages;
import stasis.kernel.mm.Brk;
import stasis.kernel.mm.Madvise;
import stasis.kernel.mm.Mlock;
import stasis.kernel.mm.Mmap;
import stasis.kernel.mm.Mprotect;
import stasis.kernel.mm.Mremap;
import stasis.kernel.mm.Msync;
import stasis.kernel.mm.Munmap;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** mmap(2) and its family. */
final class MemorySyscalls {
    private MemorySyscalls() {}

    /** {@code void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)} */
    static long mmap(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int3();
        if (!Pages.aligned(args.a5)) throw EINVAL.exception();
        FileDescription file = null;
        if ((flags & MAP_ANONYMOUS) == 0) {
            file = task.fdTable().get(args.int4());
            if ((file.flags() & stasis.abi.Fcntl.O_PATH) != 0) throw EBADF.exception();
        }
        return Mmap.mmap(task, task.mm(), args.a0, args.a1, args.int2(), flags, file, args.a5);
    }

    /** {@code int munmap(void *addr, size_t length)} */
    static long munmap(Task task, SyscallArgs args) throws SyscallException {
        Munmap.munmap(task, task.mm(), args.a0, args.a1);
        return 0;
    }

    /** {@code int mprotect(void *addr, size_t len, int prot)} */
    static long mprotect(Task task, SyscallArgs args) throws SyscallException {
        Mprotect.mprotect(task, task.mm(), args.a0, args.a1, args.int2());
        return 0;
    }

    /** {@code void *mremap(void *old, size_t old_size, size_t new_size, int flags, void *new)} */
    static long mremap(Task task, SyscallArgs args) throws SyscallException {
        return Mremap.mremap(task, task.mm(), args.a0, args.a1, args.a2, args.int3(), args.a4);
    }

    /** {@code int madvise(void *addr, size_t length, int advice)} */
    static long madvise(Task task, SyscallArgs args) throws SyscallException {
        Madvise.madvise(task, task.mm(), args.a0, args.a1, args.int2());
        return 0;
    }

    /** {@code int brk(void *addr)}, the system call: returns the end of the heap. */
    static long brk(Task task, SyscallArgs args) {
        return Brk.brk(task, task.mm(), args.a0);
    }

    /** {@code int msync(void *addr, size_t length, int flags)} */
    static long msync(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int2();
        if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0) throw EINVAL.exception();
        if ((flags & MS_ASYNC) != 0 && (flags & MS_SYNC) != 0) throw EINVAL.exception();
        Msync.msync(task.mm(), args.a0, args.a1);
        return 0;
    }

    /** {@code int mincore(void *addr, size_t length, unsigned char *vec)} */
    static long mincore(Task task, SyscallArgs args) throws SyscallException {
        if (!Pages.aligned(args.a0)) throw EINVAL.exception();
        long bytes = Pages.up(args.a1);
        if (args.a0 < 0 || bytes < 0 || args.a0 > task.mm().limit() - bytes) {
            throw ENOMEM.exception();
        }
        byte[] chunk = new byte[4096];
        for (long done = 0; done < bytes >>> Pages.SHIFT; done += chunk.length) {
            int n = (int) Math.min(chunk.length, (bytes >>> Pages.SHIFT) - done);
            byte[] part = n == chunk.length ? chunk : new byte[n];
            task.mm().present(args.a0 + (done << Pages.SHIFT), part);
            task.memory().writeBytes(args.a2 + done, part);
        }
        return 0;
    }

    /** {@code int mlock(const void *addr, size_t len)} */
    static long mlock(Task task, SyscallArgs args) throws SyscallException {
        Mlock.lock(task, task.mm(), args.a0, args.a1, true);
        return 0;
    }

    /** {@code int mlock2(const void *addr, size_t len, unsigned int flags)} */
    static long mlock2(Task task, SyscallArgs args) throws SyscallException {
        if ((args.int2() & ~1) != 0) throw EINVAL.exception();
        Mlock.lock(task, task.mm(), args.a0, args.a1, true);
        return 0;
    }

    /** {@code int munlock(const void *addr, size_t len)} */
    static long munlock(Task task, SyscallArgs args) throws SyscallException {
        Mlock.lock(task, task.mm(), args.a0, args.a1, false);
        return 0;
    }

    /** {@code int mlockall(int flags)} */
    static long mlockall(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int0();
        if (flags == 0 || (flags & ~7) != 0) throw EINVAL.exception();
        return 0;
    }

    /** {@code int munlockall(void)} */
    static long munlockall(Task task, SyscallArgs args) {
        return 0;
    }

    /** {@code int membarrier(int cmd, unsigned int flags, int cpu_id)} */
    static long membarrier(Task task, SyscallArgs args) throws SyscallException {
        if (args.int1() != 0) throw EINVAL.exception();
        return switch (args.int0()) {
            case MEMBARRIER_CMD_QUERY ->
                    MEMBARRIER_CMD_GLOBAL
                            | MEMBARRIER_CMD_PRIVATE_EXPEDITED
                            | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
            case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED -> 0;
            case MEMBARRIER_CMD_GLOBAL, MEMBARRIER_CMD_PRIVATE_EXPEDITED -> {
                // Every other thread of the process passes through a stop, which is a full barrier.
                task.machine().tasks().interruptAll();
                yield 0;
            }
            default -> throw EINVAL.exception();
        };
    }
}
