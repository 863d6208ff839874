package stasis.kernel.caller;

import static stasis.abi.Errno.EAGAIN;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.wait.Pollable;
import stasis.kernel.wait.WaitQueue;
import stasis.kernel.wait.Waiter;

/** Turns an attempt that fails with EAGAIN into a call that waits. */
public final class Blocking {
    private Blocking() {}

    /** Something that returns a result, or throws EAGAIN as long as it would have to wait. */
    @FunctionalInterface
    public interface Attempt {
        long run() throws SyscallException;
    }

    /**
     * Repeats {@code attempt} until it does something else than throw EAGAIN; between attempts,
     * sleeps until {@code file} tells of {@code events}. At {@code deadlineNanos} the last EAGAIN
     * is thrown.
     *
     * @param kind how the call restarts if it is interrupted
     */
    public static long until(
            Caller caller,
            Pollable file,
            int events,
            long deadlineNanos,
            RestartException kind,
            Attempt attempt)
            throws SyscallException {
        try {
            return attempt.run();
        } catch (ErrnoException e) {
            if (e.errno() != EAGAIN) throw e;
        }
        WaitQueue queue = file.waitQueue();
        if (queue == null) throw EAGAIN.exception();
        Waiter waiter = new Waiter(caller, events);
        queue.add(waiter);
        try {
            for (; ; ) {
                caller.prepareSleep();
                try {
                    return attempt.run();
                } catch (ErrnoException e) {
                    if (e.errno() != EAGAIN) throw e;
                }
                if (!caller.sleep(deadlineNanos, kind)) throw EAGAIN.exception();
            }
        } finally {
            queue.remove(waiter);
        }
    }
}
