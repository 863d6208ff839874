package stasis.kernel.task;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;

import stasis.abi.ErrnoException;

/** setpgid(2), setsid(2). */
public final class Jobs {
    private Jobs() {}

    public static void setpgid(Task task, int pid, int pgid) throws ErrnoException {
        if (pgid < 0) throw EINVAL.exception();
        TaskSet tasks = task.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            ThreadGroup target = pid == 0 ? task.group() : tasks.findGroupLocked(pid);
            if (target == null) throw ESRCH.exception();
            if (target != task.group()) {
                if (target.parent != task.group()) throw ESRCH.exception();
                if (target.session() != task.group().session()) throw EPERM.exception();
                if (target.hasExeced) throw EACCES.exception();
            }
            if (target.session().leader == target) throw EPERM.exception();
            int id = pgid == 0 ? target.pid() : pgid;
            if (id != target.pid()) {
                ProcessGroup group = tasks.findProcessGroupLocked(id);
                if (group == null || group.session() != task.group().session()) {
                    throw EPERM.exception();
                }
            }
            if (target.processGroup.id() == id) return;
            tasks.joinProcessGroupLocked(target, id, target.session());
        }
    }

    public static int setsid(Task task) throws ErrnoException {
        TaskSet tasks = task.machine().tasks();
        ThreadGroup group = task.group();
        try (var _ = tasks.lock().hold()) {
            if (group.processGroup.id() == group.pid()) throw EPERM.exception();
            if (tasks.findProcessGroupLocked(group.pid()) != null) throw EPERM.exception();
            newSessionLocked(tasks, group);
            return group.pid();
        }
    }

    /** Makes {@code group} the leader of a session and a process group of its own. */
    static void newSessionLocked(TaskSet tasks, ThreadGroup group) {
        Session session = new Session(group);
        tasks.addLocked(session);
        tasks.joinProcessGroupLocked(group, group.pid(), session);
    }
}
