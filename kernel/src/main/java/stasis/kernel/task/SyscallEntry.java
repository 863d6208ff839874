package stasis.kernel.task;

/** The system call table as a task sees it; implemented by {@code kernel.syscall}. */
public interface SyscallEntry {
    /**
     * Makes the call that {@code task}'s registers ask for and stores its result in them, or notes
     * on the task that it was interrupted ({@link Task#interruptCall}).
     */
    void call(Task task);
}
