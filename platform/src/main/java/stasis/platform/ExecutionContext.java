package stasis.platform;

import stasis.arch.Registers;

/** Runs one guest thread. Opened, used and closed by one platform thread. */
public interface ExecutionContext extends AutoCloseable {
    /**
     * Runs user code until it stops, after the queued changes of {@code space}. In and out: {@code
     * registers}. After {@link Stop.Syscall} the number is in ORIG_RAX and RAX, RIP is behind the
     * instruction, RCX and R11 are what {@code syscall} makes of them; the call has not been made.
     *
     * <p>The FPU stays in the processor: it is written first if {@link Registers#isFpuChanged}, and
     * read only by {@link #loadFpu}. A context may move to another address space between calls; its
     * FPU then comes from {@code registers}, so load it before.
     */
    Stop run(AddressSpace space, Registers registers);

    /** Brings the FPU of the thread that last ran into {@code registers}. */
    void loadFpu(Registers registers);

    /**
     * Any thread. Makes a {@link #run} that is in user code, or the next one, return {@link
     * Stop.Interrupted} soon. {@code run} may also return that for no reason.
     */
    void interrupt();

    /**
     * Owner only. Says that the calling task, whose context last ran in {@code space}, is about to
     * start another guest thread there; the new context's first {@link #run} will find what it
     * needs ready. Only a saving of time, but the one place where a host that has no more threads
     * to give can be told to the guest (EAGAIN).
     */
    void prepareThread(AddressSpace space) throws PlatformException;

    /**
     * By {@code waker}'s owner, before it wakes the sleeping owner of this context and sleeps
     * itself soon after: they take turns, and do so faster on one core. Only a saving of time.
     */
    default void follow(ExecutionContext waker) {}

    /** Owner only: it has slept since the last {@link #run}. Only a saving of time. */
    default void slept() {}

    /** Ends the guest thread. Owner only. */
    @Override
    void close();
}
