package stasis.kernel.task;

/** The thread that runs a task: code that is called on it can tell for whom. */
final class TaskThread extends Thread {
    final Task task;

    TaskThread(Task task) {
        super("task-" + task.tid());
        this.task = task;
        setDaemon(true);
    }

    @Override
    public void run() {
        new TaskRun(task).run();
    }
}
