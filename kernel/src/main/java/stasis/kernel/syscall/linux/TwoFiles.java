package stasis.kernel.syscall.linux;

import stasis.abi.ErrnoException;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

/** Two descriptors at once: pipe(2), socketpair(2). Both or none. */
final class TwoFiles {
    private TwoFiles() {}

    /** Writes the numbers to the two ints at {@code addr}. Takes both references. */
    static void install(
            Task task, long addr, FileDescription first, FileDescription second, boolean cloexec)
            throws ErrnoException {
        int a;
        try {
            a = task.install(first, cloexec);
        } catch (ErrnoException e) {
            second.release(task);
            throw e;
        }
        int b;
        try {
            b = task.install(second, cloexec);
        } catch (ErrnoException e) {
            task.fdTable().close(task, a);
            throw e;
        }
        try {
            task.memory().writeInt(addr, a);
            task.memory().writeInt(addr + 4, b);
        } catch (ErrnoException e) {
            task.fdTable().close(task, a);
            task.fdTable().close(task, b);
            throw e;
        }
    }
}
