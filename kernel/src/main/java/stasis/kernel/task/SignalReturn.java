package stasis.kernel.task;

import static stasis.abi.Signal.SIGSEGV;
import static stasis.kernel.signal.SignalSet.bit;

import stasis.abi.ErrnoException;
import stasis.kernel.signal.SignalInfo;

/** What the calls about signals need of a task's inside. */
public final class SignalReturn {
    private SignalReturn() {}

    /** sigreturn(2): a frame that cannot be read is SIGSEGV. */
    public static void sigreturn(Task task) {
        try {
            SignalFrame.pop(task);
        } catch (ErrnoException e) {
            task.registers().set(stasis.arch.Registers.ORIG_RAX, -1);
            SignalSend.force(task, SignalInfo.kernel(SIGSEGV));
        }
    }

    /** sigaction(2): a signal that is now ignored does not stay pending. Task set's lock held. */
    public static void forgetIgnoredLocked(Task task, int signo) {
        ThreadGroup group = task.group();
        if (!group.actions.ignores(signo)) return;
        group.pending.discard(bit(signo));
        for (Task t : group.tasks) t.pending.discard(bit(signo));
    }
}
