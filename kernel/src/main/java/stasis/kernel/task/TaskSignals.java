package stasis.kernel.task;

import static stasis.abi.Errno.EINTR;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Signal.SIGSEGV;
import static stasis.abi.Signal.SIGSTOP;
import static stasis.kernel.signal.SignalSet.IGNORED;
import static stasis.kernel.signal.SignalSet.STOPPING;
import static stasis.kernel.signal.SignalSet.bit;

import org.jspecify.annotations.Nullable;

import stasis.arch.Registers;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalInfo;
import stasis.platform.ExecutionContext;

/** Delivering signals: the default actions, handlers, and what becomes of an interrupted call. */
final class TaskSignals {
    private TaskSignals() {}

    /** Delivers every signal that is not blocked; true if a handler will run. */
    static boolean deliver(Task task, ExecutionContext context) {
        boolean handled = false;
        for (; ; ) {
            Delivery next = takeLocked(task);
            if (next == null) return handled;
            if (next.action.isDefault()) {
                if (!defaultAction(task, next.info)) return handled;
                continue;
            }
            handled = true;
            if (!runHandler(task, context, next.info, next.action)) return true;
        }
    }

    private record Delivery(SignalInfo info, SignalAction action) {}

    private static @Nullable Delivery takeLocked(Task task) {
        ThreadGroup group = task.group();
        try (var _ = task.machine().tasks().lock().hold()) {
            for (; ; ) {
                if (task.mustExit()) return null;
                SignalInfo info = task.pending.take(task.signalMask());
                if (info == null) info = group.pending.take(task.signalMask());
                if (info == null) return null;
                int signo = info.signo();
                SignalAction action = group.actions.get(signo);
                boolean forced = (task.forced & bit(signo)) != 0;
                task.forced &= ~bit(signo);
                if (action.isIgnore()) continue;
                boolean harmless = (bit(signo) & IGNORED) != 0 || SignalSend.spares(group, info);
                if (action.isDefault() && harmless && !forced) continue;
                if (action.resetHand()) group.actions.set(signo, SignalAction.standard());
                return new Delivery(info, action);
            }
        }
    }

    /** signal(7), "Standard signals". False if the task has something else to do now. */
    private static boolean defaultAction(Task task, SignalInfo info) {
        int signo = info.signo();
        if (signo == SIGCONT) return true;
        if ((bit(signo) & STOPPING) == 0) {
            TaskExit.exitGroup(task.group(), signo | (dumpsCore(signo) ? 0x80 : 0));
            return false;
        }
        TaskSet tasks = task.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            boolean orphaned = task.group().processGroup.orphaned();
            if (signo != SIGSTOP && orphaned) return true;
            TaskStop.stopLocked(task.group(), signo);
        }
        task.attend();
        return false;
    }

    /** Stasis writes no core files, but wait(2) says what Linux's default limit of 0 says. */
    private static boolean dumpsCore(int signo) {
        return false;
    }

    /** False if the frame could not be stored: then SIGSEGV is on its way. */
    private static boolean runHandler(
            Task task, ExecutionContext context, SignalInfo info, SignalAction action) {
        Restart restart = task.restart;
        task.restart = null;
        if (restart != null) decideRestart(task, restart, action);
        context.loadFpu(task.registers());
        if (SignalFrame.push(task, info, action)) {
            long mask = task.signalMask() | action.mask();
            if (!action.noDefer()) mask |= bit(info.signo());
            task.setSignalMask(mask);
            return true;
        }
        forceSegv(task, info.signo());
        return false;
    }

    /** Like Linux's force_sigsegv: if the handler that failed was SIGSEGV's own, it kills. */
    static void forceSegv(Task task, int signo) {
        if (signo == SIGSEGV) {
            try (var _ = task.machine().tasks().lock().hold()) {
                task.group().actions.set(SIGSEGV, SignalAction.standard());
            }
        }
        SignalSend.force(task, SignalInfo.kernel(SIGSEGV));
    }

    /** A handler runs: the interrupted call fails with EINTR, or is made again afterwards. */
    private static void decideRestart(Task task, Restart restart, SignalAction action) {
        boolean again =
                switch (restart.kind()) {
                    case ERESTARTNOINTR -> true;
                    case ERESTARTSYS -> action.restart() && restart.progress() == 0;
                    case ERESTARTNOHAND, ERESTART_RESTARTBLOCK, EINTR_UNLESS_CHECKPOINT -> false;
                };
        if (!again) {
            failWithEintr(task, restart);
            return;
        }
        Registers r = task.registers();
        r.set(Registers.RAX, r.get(Registers.ORIG_RAX));
        r.set(Registers.RIP, r.get(Registers.RIP) - 2);
        r.set(Registers.ORIG_RAX, -1);
    }

    /** EINTR, or what was done before the signal came. */
    static void failWithEintr(Task task, Restart restart) {
        long result = restart.progress() > 0 ? restart.progress() : -EINTR.number();
        task.registers().set(Registers.RAX, result);
        task.registers().set(Registers.ORIG_RAX, -1);
    }
}
