package stasis.kernel.fs.proc;

import static stasis.abi.StatMode.S_IFDIR;

import org.jspecify.annotations.Nullable;

import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** {@code /proc/pid/task}. */
@Saved("proc.ThreadsDirectory")
final class ThreadsDirectory extends ProcInode {
    private ThreadGroup group;

    @SuppressWarnings("NullAway.Init")
    private ThreadsDirectory() {}

    ThreadsDirectory(ProcFilesystem filesystem, ThreadGroup group) {
        super(filesystem, S_IFDIR | 0555);
        this.group = group;
    }

    private List<Integer> tids() {
        List<Integer> tids = new ArrayList<>();
        try (var _ = proc().machine().tasks().lock().hold()) {
            for (Task t : group.tasks()) tids.add(t.tid());
        }
        tids.sort(null);
        return tids;
    }

    @Override
    public boolean keepsNames() {
        return false;
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) {
        int tid = RootDirectory.number(name);
        if (!tids().contains(tid)) return null;
        return proc().root().taskDirectory(tid, true);
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink) {
        for (int tid : tids()) {
            if (tid <= cookie) continue;
            if (!sink.entry(Integer.toString(tid), tid, mode(), tid)) return;
        }
    }
}
