package stasis.kernel.task;

/** The bits of a process that prctl(2) sets. */
public final class ProcessFlags {
    private ProcessFlags() {}

    public static void setDumpable(Task task, int value) {
        task.group().dumpable = value;
    }

    public static void setSubreaper(Task task, boolean on) {
        task.group().subreaper = on;
    }

    public static boolean subreaper(Task task) {
        return task.group().subreaper;
    }
}
