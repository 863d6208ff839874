package stasis.kernel.fs.proc;

import stasis.kernel.task.Task;
import stasis.kernel.task.TaskSet;
import stasis.state.Saved;

/** {@code /proc/pid}, or {@code /proc/pid/task/tid}. */
@Saved("proc.TaskDirectory")
final class TaskDirectory extends ProcDirectory {
    private Task task;

    @SuppressWarnings("NullAway.Init")
    private TaskDirectory() {}

    TaskDirectory(ProcFilesystem filesystem, Task task, boolean thread) {
        super(filesystem, 0555);
        this.task = task;
        for (TaskFile.Kind kind : TaskFile.Kind.values()) {
            put(kind.fileName(), new TaskFile(filesystem, task, kind, thread));
        }
        for (TaskLink.Kind kind : TaskLink.Kind.values()) {
            put(kind.fileName(), new TaskLink(filesystem, task, kind));
        }
        put("fd", new FdDirectory(filesystem, task, false));
        put("fdinfo", new FdDirectory(filesystem, task, true));
        NetFiles.fill(filesystem, directory("net"));
        if (!thread) put("task", new ThreadsDirectory(filesystem, task.group()));
    }

    boolean isOf(Task other) {
        return task == other;
    }

    @Override
    public int uid() {
        return task.credentials().euid();
    }

    @Override
    public int gid() {
        return task.credentials().egid();
    }

    @Override
    public boolean stillThere() {
        return exists(task);
    }

    /** False once it has been waited for. */
    static boolean exists(Task task) {
        TaskSet set = task.machine().tasks();
        try (var _ = set.lock().hold()) {
            return set.findLocked(task.tid()) == task
                    || set.findGroupLocked(task.group().pid()) == task.group()
                            && task.group().leader() == task;
        }
    }
}
