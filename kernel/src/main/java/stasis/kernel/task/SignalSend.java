package stasis.kernel.task;

import static stasis.abi.Capability.CAP_KILL;
import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Signal.SIGKILL;
import static stasis.kernel.signal.SignalSet.STOPPING;
import static stasis.kernel.signal.SignalSet.bit;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalInfo;

import java.util.ArrayList;
import java.util.List;

/** Sending signals, signal(7). Delivery is {@link TaskSignals}'. */
public final class SignalSend {
    private SignalSend() {}

    /** To this very thread. */
    public static void toTask(Task task, SignalInfo info) {
        try (var _ = task.machine().tasks().lock().hold()) {
            toTaskLocked(task, info);
        }
    }

    static boolean toTaskLocked(Task task, SignalInfo info) {
        return sendLocked(task.group(), task, info, false);
    }

    /** To a process: any thread that does not block it takes it. */
    public static void toGroup(Machine machine, ThreadGroup group, SignalInfo info) {
        try (var _ = machine.tasks().lock().hold()) {
            toGroupLocked(group, info);
        }
    }

    static boolean toGroupLocked(ThreadGroup group, SignalInfo info) {
        return sendLocked(group, null, info, false);
    }

    /**
     * From outside the sandbox, to a process: also acts on the first process, which ignores what it
     * does not handle if it comes from inside.
     */
    public static void fromOutside(Machine machine, ThreadGroup group, SignalInfo info) {
        try (var _ = machine.tasks().lock().hold()) {
            sendLocked(group, null, info, true);
        }
    }

    /** To every member of a process group; used by terminals. */
    public static void toProcessGroup(Machine machine, int id, SignalInfo info) {
        try (var _ = machine.tasks().lock().hold()) {
            ProcessGroup target = machine.tasks().findProcessGroupLocked(id);
            if (target == null) return;
            for (ThreadGroup g : new ArrayList<>(target.members)) toGroupLocked(g, info);
        }
    }

    /** What the processor raises: cannot be blocked or ignored, then it kills. */
    static void force(Task task, SignalInfo info) {
        try (var _ = task.machine().tasks().lock().hold()) {
            int signo = info.signo();
            SignalAction action = task.group().actions.get(signo);
            boolean blocked = (task.signalMask() & bit(signo)) != 0;
            if (action.isIgnore() || blocked) {
                task.group().actions.set(signo, SignalAction.standard());
            }
            task.unblockLocked(bit(signo));
            task.pending.discard(bit(signo));
            task.pending.add(info);
            task.forced |= bit(signo);
            task.attend();
        }
    }

    /** False if a real-time signal found its queue full. */
    private static boolean sendLocked(
            ThreadGroup group, @Nullable Task target, SignalInfo info, boolean outside) {
        int signo = info.signo();
        if (group.isZombie() || group.exiting) return true;
        if (target != null && target.ended) return true;
        if (signo == SIGCONT) continueLocked(group);
        if ((bit(signo) & STOPPING) != 0) discardEverywhereLocked(group, bit(SIGCONT));
        if (signo == SIGKILL) {
            if (!outside && spares(group, info)) return true;
            TaskExit.exitGroupLocked(group, SIGKILL);
            return true;
        }
        boolean spared = spares(group, info) && group.actions.get(signo).isDefault();
        if (droppedLocked(group, target, signo, spared)) return true;
        boolean queued = (target != null ? target.pending : group.pending).add(info);
        wakeOneLocked(group, target, signo);
        return queued;
    }

    /**
     * pid_namespaces(7): the first process does not die of signals that its own kind sends and that
     * it has no handler for. Unlike Linux, those that the kernel itself raises count (SIGALRM, ^C).
     */
    static boolean spares(ThreadGroup group, SignalInfo info) {
        return group.pid() == 1 && info.code() <= 0 && info.pid() > 0;
    }

    /**
     * Ignored signals are not even queued, unless somebody blocks them and may yet wait for them.
     */
    private static boolean droppedLocked(
            ThreadGroup group, @Nullable Task target, int signo, boolean spared) {
        if (!spared && !group.actions.ignores(signo)) return false;
        if (target != null) return (target.signalMask() & bit(signo)) == 0;
        for (Task t : group.tasks) if ((t.signalMask() & bit(signo)) == 0) return true;
        return false;
    }

    private static void wakeOneLocked(ThreadGroup group, @Nullable Task target, int signo) {
        if (target != null) {
            target.attend();
            target.signalEvents().wake(-1);
            return;
        }
        Task chosen = null;
        for (Task t : group.tasks) {
            t.signalEvents().wake(-1);
            if ((t.signalMask() & bit(signo)) != 0) continue;
            if (chosen == null || (chosen.inGuest && !t.inGuest)) chosen = t;
        }
        if (chosen != null) chosen.attend();
    }

    private static void discardEverywhereLocked(ThreadGroup group, long signals) {
        group.pending.discard(signals);
        for (Task t : group.tasks) t.pending.discard(signals);
    }

    private static void continueLocked(ThreadGroup group) {
        discardEverywhereLocked(group, STOPPING);
        TaskStop.continueLocked(group);
    }

    // ---- kill(2) and its kin

    /** kill(2) with its four meanings of {@code pid}; signal 0 only checks. */
    public static void kill(Task sender, int pid, SignalInfo info) throws ErrnoException {
        TaskSet tasks = sender.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            if (pid > 0) {
                ThreadGroup g = tasks.findGroupLocked(pid);
                if (g == null) {
                    Task t = tasks.findLocked(pid);
                    if (t == null) throw ESRCH.exception();
                    g = t.group();
                }
                checkedLocked(sender, g, null, info);
                return;
            }
            List<ThreadGroup> targets;
            if (pid == -1) {
                targets = tasks.groupsLocked();
                targets.removeIf(g -> g.pid() == 1 || g == sender.group());
            } else {
                int id = pid == 0 ? sender.group().processGroup.id() : -pid;
                ProcessGroup p = tasks.findProcessGroupLocked(id);
                if (p == null) throw ESRCH.exception();
                targets = new ArrayList<>(p.members);
            }
            manyLocked(sender, targets, info);
        }
    }

    private static void manyLocked(Task sender, List<ThreadGroup> targets, SignalInfo info)
            throws ErrnoException {
        if (targets.isEmpty()) throw ESRCH.exception();
        ErrnoException last = null;
        int sent = 0;
        for (ThreadGroup g : targets) {
            try {
                checkedLocked(sender, g, null, info);
                sent++;
            } catch (ErrnoException e) {
                last = e;
            }
        }
        if (sent == 0 && last != null) throw last;
    }

    /** tgkill(2); {@code tgid} -1 for tkill(2). */
    public static void tgkill(Task sender, int tgid, int tid, SignalInfo info)
            throws ErrnoException {
        TaskSet tasks = sender.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            Task t = tasks.findLocked(tid);
            if (t == null || (tgid != -1 && t.group().pid() != tgid)) throw ESRCH.exception();
            checkedLocked(sender, t.group(), t, info);
        }
    }

    private static void checkedLocked(
            Task sender, ThreadGroup group, @Nullable Task target, SignalInfo info)
            throws ErrnoException {
        if (!mayKill(sender, group, info.signo())) throw EPERM.exception();
        if (info.signo() == 0) return;
        if (!sendLocked(group, target, info, false)) throw EAGAIN.exception();
    }

    private static boolean mayKill(Task sender, ThreadGroup group, int signo) {
        if (sender.group() == group) return true;
        Credentials from = sender.credentials();
        Credentials to = group.leader.credentials();
        if (from.has(CAP_KILL)) return true;
        if (from.euid() == to.suid() || from.euid() == to.uid()) return true;
        if (from.uid() == to.suid() || from.uid() == to.uid()) return true;
        return signo == SIGCONT && sender.group().session() == group.session();
    }
}
