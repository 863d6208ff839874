package stasis.kernel.task;

import static stasis.abi.Signal.CLD_CONTINUED;
import static stasis.abi.Signal.CLD_STOPPED;
import static stasis.abi.Signal.SA_NOCLDSTOP;
import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SIGCONT;

import stasis.kernel.signal.SignalInfo;
import stasis.kernel.task.ThreadGroup.StopState;

import java.util.concurrent.locks.LockSupport;

/** Stopping and continuing whole processes: job control. */
final class TaskStop {
    private TaskStop() {}

    /** The default action of SIGSTOP and its like. Task set's lock held. */
    static void stopLocked(ThreadGroup group, int signo) {
        if (group.exiting || group.stopState() != StopState.RUNNING) return;
        group.setStopState(StopState.STOPPED);
        group.stopSignal = signo;
        group.stopReported = false;
        group.continueReported = true;
        for (Task t : group.tasks) t.attend();
        tellParentLocked(group, CLD_STOPPED, signo);
    }

    /** SIGCONT was sent. Task set's lock held. */
    static void continueLocked(ThreadGroup group) {
        if (group.stopState() == StopState.RUNNING) return;
        group.setStopState(StopState.RUNNING);
        group.continueReported = false;
        group.stopReported = true;
        for (Task t : group.tasks) t.attend();
        tellParentLocked(group, CLD_CONTINUED, SIGCONT);
    }

    private static void tellParentLocked(ThreadGroup group, int code, int status) {
        ThreadGroup parent = group.parent;
        if (parent == null) return;
        boolean wanted = (parent.actions.get(SIGCHLD).flags() & SA_NOCLDSTOP) == 0;
        if (wanted) {
            int uid = group.leader.credentials().uid();
            SignalSend.toGroupLocked(parent, SignalInfo.child(code, group.pid(), uid, status));
        }
        parent.childEvents().wake(-1);
    }

    /** True if the task was stopped for a while. */
    static boolean stopIfAsked(Task task) {
        if (task.group().stopState() == StopState.RUNNING) return false;
        while (task.group().stopState() != StopState.RUNNING
                && !task.mustExit()
                && !task.machine().tasks().paused()) {
            LockSupport.park(task);
        }
        stopEndsSomeCalls(task);
        return true;
    }

    /** signal(7): epoll_wait(2) and its like fail with EINTR after a stop, handler or not. */
    private static void stopEndsSomeCalls(Task task) {
        Restart r = task.restart;
        if (r == null || task.machine().tasks().paused()) return;
        if (r.kind() != stasis.abi.RestartException.Kind.EINTR_UNLESS_CHECKPOINT) return;
        task.restart = null;
        TaskSignals.failWithEintr(task, r);
    }
}
