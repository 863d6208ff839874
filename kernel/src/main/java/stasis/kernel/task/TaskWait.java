package stasis.kernel.task;

import static stasis.abi.Errno.ECHILD;
import static stasis.abi.Signal.CLD_CONTINUED;
import static stasis.abi.Signal.CLD_STOPPED;
import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Wait.WCONTINUED;
import static stasis.abi.Wait.WEXITED;
import static stasis.abi.Wait.WNOHANG;
import static stasis.abi.Wait.WNOWAIT;
import static stasis.abi.Wait.WSTOPPED;
import static stasis.abi.Wait.__WALL;
import static stasis.abi.Wait.__WCLONE;

import org.jspecify.annotations.Nullable;

import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.wait.Waiter;

import java.util.ArrayList;
import java.util.List;

/** wait4(2), waitid(2). */
public final class TaskWait {
    private TaskWait() {}

    /** Which children are meant. */
    public enum Which {
        ALL,
        PID,
        PROCESS_GROUP
    }

    /**
     * A change of a child.
     *
     * @param status wait(2)'s status word
     * @param code CLD_*
     */
    public record Change(
            int pid, int uid, int status, int code, long userNanos, long systemNanos) {}

    /**
     * Waits for a change of a child as {@code options} say.
     *
     * @return null if there is none and WNOHANG is given
     */
    public static @Nullable Change waitFor(Task task, Which which, int id, int options)
            throws SyscallException {
        ThreadGroup group = task.group();
        Waiter waiter = new Waiter(task, -1);
        group.childEvents().add(waiter);
        try {
            for (; ; ) {
                task.prepareSleep();
                boolean any;
                try (var _ = task.machine().tasks().lock().hold()) {
                    List<ThreadGroup> children = matchingLocked(group, which, id, options);
                    any = !children.isEmpty();
                    Change change = changeLocked(task.machine().tasks(), children, options);
                    if (change != null) return change;
                }
                if (!any) throw ECHILD.exception();
                if ((options & WNOHANG) != 0) return null;
                task.sleep(MonotonicClock.NEVER, RestartException.ERESTARTSYS);
            }
        } finally {
            group.childEvents().remove(waiter);
        }
    }

    private static List<ThreadGroup> matchingLocked(
            ThreadGroup group, Which which, int id, int options) {
        List<ThreadGroup> found = new ArrayList<>();
        for (ThreadGroup c : group.children) {
            boolean meant =
                    switch (which) {
                        case ALL -> true;
                        case PID -> c.pid() == id;
                        case PROCESS_GROUP -> c.processGroup.id() == id;
                    };
            if (meant && rightKind(c, options)) found.add(c);
        }
        return found;
    }

    /** wait4(2): "clone" children are those that do not tell by SIGCHLD. */
    private static boolean rightKind(ThreadGroup child, int options) {
        if ((options & __WALL) != 0) return true;
        boolean clone = child.exitSignal != SIGCHLD;
        return clone == ((options & __WCLONE) != 0);
    }

    private static @Nullable Change changeLocked(
            TaskSet tasks, List<ThreadGroup> children, int options) {
        boolean keep = (options & WNOWAIT) != 0;
        for (ThreadGroup c : children) {
            if ((options & WEXITED) != 0 && c.isZombie()) {
                Change change = describe(c, c.exitStatus, TaskExit.childCode(c.exitStatus));
                if (!keep) TaskExit.reapLocked(tasks, c);
                return change;
            }
            if ((options & WSTOPPED) != 0 && c.isStopped() && !c.stopReported) {
                if (!keep) c.stopReported = true;
                return describe(c, c.stopSignal << 8 | 0x7f, CLD_STOPPED);
            }
            if ((options & WCONTINUED) != 0 && !c.continueReported && !c.isZombie()) {
                if (!keep) c.continueReported = true;
                return describe(c, 0xffff, CLD_CONTINUED);
            }
        }
        return null;
    }

    private static Change describe(ThreadGroup c, int status, int code) {
        return new Change(
                c.pid(),
                c.leader.credentials().uid(),
                status,
                code,
                c.userNanos() + c.childrenUserNanos,
                c.systemNanos() + c.childrenSystemNanos);
    }

    /** {@code si_status}: exit code, or the signal that killed, stopped or continued it. */
    public static int detail(Change change) {
        return switch (change.code()) {
            case CLD_CONTINUED -> SIGCONT;
            case CLD_STOPPED -> change.status() >> 8 & 0xff;
            default ->
                    (change.status() & 0x7f) == 0
                            ? change.status() >> 8 & 0xff
                            : change.status() & 0x7f;
        };
    }
}
