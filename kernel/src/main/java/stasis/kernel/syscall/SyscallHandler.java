package stasis.kernel.syscall;

import stasis.abi.SyscallException;
import stasis.kernel.task.Task;

/** Runs on the task's own thread, with no lock held. */
@FunctionalInterface
public interface SyscallHandler {
    /** A result that no call has: the handler has set all registers itself (execve, sigreturn). */
    long REGISTERS_SET = Long.MIN_VALUE;

    /** The value that the guest finds in RAX. */
    long run(Task task, SyscallArgs args) throws SyscallException;
}
