package stasis.kernel.fs.proc;

import org.jspecify.annotations.Nullable;

import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskSet;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The top of proc: files about the system, and a directory for each process. */
@Saved("proc.RootDirectory")
final class RootDirectory extends ProcDirectory {
    /** Cookies of processes: this and the pid. */
    private static final long FIRST_PROCESS = 1000;

    /** By tid, made when looked up; threads are found here too. Guarded by the VFS lock. */
    private Map<Integer, TaskDirectory> tasks = new LinkedHashMap<>();

    private RootDirectory() {}

    RootDirectory(ProcFilesystem filesystem) {
        super(filesystem, 0555);
        for (SystemFile.Kind kind : SystemFile.Kind.values()) {
            if (kind.directory().isEmpty()) put(kind.fileName(), new SystemFile(filesystem, kind));
        }
        put("self", new SelfLink(filesystem, SelfLink.Kind.SELF));
        put("thread-self", new SelfLink(filesystem, SelfLink.Kind.THREAD_SELF));
        put("mounts", new SelfLink(filesystem, SelfLink.Kind.MOUNTS));
        put("net", new SelfLink(filesystem, SelfLink.Kind.NET));
        SystemFile.fillSys(filesystem, directory("sys"));
        IdentityInode.fill(filesystem, directory("stasis"));
    }

    @Override
    public boolean keepsNames() {
        return false;
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) {
        Inode fixed = super.lookup(caller, name);
        if (fixed != null) return fixed;
        int tid = number(name);
        return tid < 0 ? null : taskDirectory(tid, false);
    }

    /** -1 if it is none, or not written the one way that counts. */
    static int number(String name) {
        if (name.isEmpty() || name.length() > 9 || name.charAt(0) == '0') {
            return name.equals("0") ? 0 : -1;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') return -1;
        }
        return Integer.parseInt(name);
    }

    /**
     * @param thread it is looked for in {@code /proc/pid/task}: shows one thread only
     */
    @Nullable TaskDirectory taskDirectory(int tid, boolean thread) {
        TaskSet set = proc().machine().tasks();
        Task task;
        try (var _ = set.lock().hold()) {
            task = set.findLocked(tid);
            if (task == null) {
                ThreadGroup group = set.findGroupLocked(tid);
                task = group == null ? null : group.leader();
            }
        }
        if (task == null) return null;
        int key = thread ? -tid : tid;
        TaskDirectory known = tasks.get(key);
        if (known != null && known.isOf(task)) return known;
        tasks.values().removeIf(d -> !d.stillThere());
        TaskDirectory made = new TaskDirectory(proc(), task, thread);
        tasks.put(key, made);
        return made;
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink) {
        if (cookie < count() && !listFixed(cookie, sink)) return;
        for (int pid : pids()) {
            long at = FIRST_PROCESS + pid;
            if (at <= cookie) continue;
            if (!sink.entry(Integer.toString(pid), at, mode(), at)) return;
        }
    }

    private List<Integer> pids() {
        TaskSet set = proc().machine().tasks();
        List<Integer> pids = new ArrayList<>();
        try (var _ = set.lock().hold()) {
            for (ThreadGroup g : set.groupsLocked()) pids.add(g.pid());
        }
        pids.sort(null);
        return pids;
    }
}
