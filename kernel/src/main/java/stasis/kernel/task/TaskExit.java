package stasis.kernel.task;

import static stasis.abi.Signal.CLD_DUMPED;
import static stasis.abi.Signal.CLD_EXITED;
import static stasis.abi.Signal.CLD_KILLED;
import static stasis.abi.Signal.SA_NOCLDWAIT;
import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Signal.SIGHUP;
import static stasis.abi.Signal.SIGKILL;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalInfo;

import java.util.ArrayList;
import java.util.List;

/** The end of tasks and processes: exit(2), exit_group(2), fatal signals. */
public final class TaskExit {
    private TaskExit() {}

    /** The whole process ends with wait(2) status {@code status}; the first call counts. */
    public static void exitGroup(ThreadGroup group, int status) {
        try (var _ = group.leader.machine().tasks().lock().hold()) {
            exitGroupLocked(group, status);
        }
    }

    static void exitGroupLocked(ThreadGroup group, int status) {
        if (group.exiting || group.isZombie()) return;
        group.exitStatus = status;
        group.exiting = true;
        for (Task t : group.tasks) t.attend();
        group.leader.machine().tasks().recheckParked();
    }

    /** exit(2): this task only. */
    public static void exitTask(Task task, int status) {
        try (var _ = task.machine().tasks().lock().hold()) {
            if (task.group().tasks.size() == 1 && !task.group().exiting) {
                task.group().exitStatus = status;
            }
            task.killed = true;
        }
    }

    /** Last words of a task, on its own thread: gives back everything it held. */
    static void finish(Task task) {
        ThreadGroup group = task.group();
        TaskSet tasks = task.machine().tasks();
        leaveMemory(task);
        task.fdTable().leave(task);
        task.fs().leave();
        List<Runnable> after = new ArrayList<>();
        try (var _ = tasks.lock().hold()) {
            group.endedUserNanos += task.userNanos();
            group.endedSystemNanos += task.systemNanos();
            group.tasks.remove(task);
            task.ended = true;
            endVforkLocked(task);
            if (task != group.leader) tasks.removeTaskLocked(task);
            Task execing = group.execing;
            if (execing != null) execing.attend();
            if (group.tasks.isEmpty()) processEndedLocked(tasks, group, after);
        }
        after.forEach(Runnable::run);
    }

    /** Robust futexes, the tid word, then the map itself. */
    private static void leaveMemory(Task task) {
        if (task.mm().shared() || !task.group().exiting) {
            RobustList.release(task);
            clearTid(task);
        }
        task.mm().leave(task);
    }

    static void clearTid(Task task) {
        long addr = task.clearChildTid;
        task.clearChildTid = 0;
        if (addr == 0) return;
        try {
            task.memory().writeInt(addr, 0);
            task.machine().futexes().wake(task.memory().futexKey(addr), 1, -1);
        } catch (ErrnoException e) {
            // Like Linux, which ignores a bad address here.
        }
    }

    static void endVforkLocked(Task task) {
        if (!task.vforkParentWaits) return;
        task.vforkParentWaits = false;
        ThreadGroup parent = task.group().parent;
        if (parent == null) return;
        for (Task t : parent.tasks) if (t.vforkChild == task) t.attend();
    }

    // ---- the process

    private static void processEndedLocked(TaskSet tasks, ThreadGroup group, List<Runnable> after) {
        group.setZombie();
        for (IntervalTimer t : group.itimers) t.setLocked(group.leader.machine(), 0, 0);
        for (PosixTimer t : group.timers) t.deleteLocked();
        group.timers.clear();
        Session session = group.session();
        ControllingTerminal tty = session.terminal;
        if (session.leader == group) {
            session.leader = null;
            if (tty != null) after.add(() -> tty.leaderExited(session));
        }
        List<ProcessGroup> neighbours = new ArrayList<>();
        neighbours.add(group.processGroup);
        for (ThreadGroup c : group.children) neighbours.add(c.processGroup);
        giveAwayChildrenLocked(tasks, group);
        hangUpOrphansLocked(group, neighbours);
        if (group.pid() == 1) killEverybodyLocked(tasks);
        tellParentLocked(tasks, group);
        group.exitEvents().wake(-1);
    }

    /** Children go to a living subreaper among the ancestors, else to the first process. */
    private static void giveAwayChildrenLocked(TaskSet tasks, ThreadGroup group) {
        ThreadGroup heir = heirLocked(tasks, group);
        for (ThreadGroup child : new ArrayList<>(group.children)) {
            int signo = child.leader.parentDeathSignal;
            if (signo != 0 && !child.isZombie()) {
                SignalSend.toGroupLocked(child, SignalInfo.user(signo, group.pid(), 0));
            }
            child.parent = heir;
            if (heir == null) {
                if (child.isZombie()) tasks.removeGroupLocked(child);
                continue;
            }
            heir.children.add(child);
            child.exitSignal = SIGCHLD;
            if (child.isZombie()) tellParentLocked(tasks, child);
        }
        group.children.clear();
    }

    private static @Nullable ThreadGroup heirLocked(TaskSet tasks, ThreadGroup group) {
        for (ThreadGroup p = group.parent; p != null; p = p.parent) {
            if (p.subreaper && !p.isZombie() && !p.exiting) return p;
        }
        ThreadGroup init = tasks.initLocked();
        return init == null || init == group || init.isZombie() ? null : init;
    }

    /** setpgid(2), credentials(7): stopped jobs that lost their shell get SIGHUP and SIGCONT. */
    private static void hangUpOrphansLocked(ThreadGroup group, List<ProcessGroup> candidates) {
        List<ProcessGroup> done = new ArrayList<>();
        for (ProcessGroup g : candidates) {
            if (done.contains(g)) continue;
            done.add(g);
            if (!g.orphaned() || !g.hasStopped()) continue;
            for (ThreadGroup m : new ArrayList<>(g.members)) {
                if (m == group) continue;
                SignalSend.toGroupLocked(m, SignalInfo.kernel(SIGHUP));
                SignalSend.toGroupLocked(m, SignalInfo.kernel(SIGCONT));
            }
        }
    }

    /** pid_namespaces(7): without its first process the namespace is over. */
    private static void killEverybodyLocked(TaskSet tasks) {
        for (ThreadGroup g : tasks.groupsLocked()) {
            if (g.pid() != 1) exitGroupLocked(g, SIGKILL);
        }
    }

    private static void tellParentLocked(TaskSet tasks, ThreadGroup group) {
        ThreadGroup parent = group.parent;
        if (parent == null) {
            // Whoever has started it from outside holds on to it, and needs no zombie.
            if (group.pid() != 1) tasks.removeGroupLocked(group);
            return;
        }
        boolean forget = false;
        if (group.exitSignal == SIGCHLD) {
            SignalAction action = parent.actions.get(SIGCHLD);
            forget = action.isIgnore() || (action.flags() & SA_NOCLDWAIT) != 0;
        }
        if (group.exitSignal != 0) {
            SignalSend.toGroupLocked(parent, endInfo(group));
        }
        if (forget) reapLocked(tasks, group);
        parent.childEvents().wake(-1);
    }

    private static SignalInfo endInfo(ThreadGroup group) {
        int status = group.exitStatus;
        int uid = group.leader.credentials().uid();
        int code = childCode(status);
        int value = code == CLD_EXITED ? status >> 8 & 0xff : status & 0x7f;
        return new SignalInfo(group.exitSignal, code, group.pid(), uid, value, 0);
    }

    /** CLD_* for a status word. */
    static int childCode(int status) {
        if ((status & 0x7f) == 0) return CLD_EXITED;
        return (status & 0x80) != 0 ? CLD_DUMPED : CLD_KILLED;
    }

    /** The parent has seen the status: the process is gone. */
    static void reapLocked(TaskSet tasks, ThreadGroup group) {
        ThreadGroup parent = group.parent;
        if (parent != null) {
            parent.children.remove(group);
            parent.childrenUserNanos += group.userNanos() + group.childrenUserNanos;
            parent.childrenSystemNanos += group.systemNanos() + group.childrenSystemNanos;
        }
        tasks.removeGroupLocked(group);
    }
}
