package stasis.kernel.syscall;

import stasis.abi.SyscallException;
import stasis.kernel.task.Task;

/** Runs on the task's own thread, with no lock held. */
@FunctionalInterface
public interface SyscallHandler {
    /** The value that the guest finds in RAX. */
    long run(Task task, SyscallArgs args) throws SyscallException;
}
