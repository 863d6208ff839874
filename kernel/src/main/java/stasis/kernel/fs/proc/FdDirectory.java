package stasis.kernel.fs.proc;

import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFREG;

import org.jspecify.annotations.Nullable;

import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /proc/pid/fd} and {@code /proc/pid/fdinfo}. */
@Saved("proc.FdDirectory")
final class FdDirectory extends ProcInode {
    private Task task;
    private boolean info;

    /** By descriptor, made when looked up. Guarded by the VFS lock. */
    private Map<Integer, Inode> known = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init")
    private FdDirectory() {}

    FdDirectory(ProcFilesystem filesystem, Task task, boolean info) {
        super(filesystem, S_IFDIR | (info ? 0555 : 0500));
        this.task = task;
        this.info = info;
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
    public boolean keepsNames() {
        return false;
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) {
        int fd = RootDirectory.number(name);
        if (fd < 0 || task.fdTable().peek(fd) == null) return null;
        return known.computeIfAbsent(
                fd, n -> info ? new FdInfoFile(proc(), task, n) : new FdLink(proc(), task, n));
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink) {
        int type = info ? S_IFREG : S_IFLNK;
        for (int fd : task.fdTable().descriptors()) {
            if (fd + 1 <= cookie) continue;
            if (!sink.entry(Integer.toString(fd), fd + 1L, type, fd + 1L)) return;
        }
    }
}
