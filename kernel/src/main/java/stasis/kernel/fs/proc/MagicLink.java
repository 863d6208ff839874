package stasis.kernel.fs.proc;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.StatMode.S_IFLNK;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Path;
import stasis.state.SavedKind;

/** A link to where a task's file is, not to what its text says. */
@SavedKind
abstract class MagicLink extends ProcInode {
    private Task task;

    @SuppressWarnings("NullAway.Init")
    protected MagicLink() {}

    protected MagicLink(ProcFilesystem filesystem, Task task) {
        super(filesystem, S_IFLNK | 0777);
        this.task = task;
    }

    final Task task() {
        return task;
    }

    /** Null if there is nothing (any more). */
    abstract @Nullable Path target();

    @Override
    public int uid() {
        return task.credentials().euid();
    }

    @Override
    public int gid() {
        return task.credentials().egid();
    }

    @Override
    public final Path magicTarget(Caller caller) throws ErrnoException {
        checkMayInspect(caller, task);
        Path target = target();
        if (target == null) throw ENOENT.exception();
        return target;
    }

    @Override
    public final String readlink(Caller caller) throws ErrnoException {
        Path target = magicTarget(caller);
        String text = target.inode().description();
        if (target.mount().id() == 0) return text != null ? text : "anon_inode:[file]";
        Path root = caller instanceof Task t ? t.fs().root() : task.fs().root();
        return filesystem().vfs().pathOfLocked(root, target);
    }

    /** Like Linux's ptrace_may_access: the same user, or CAP_SYS_PTRACE. */
    static void checkMayInspect(Caller caller, Task task) throws ErrnoException {
        if (caller instanceof Task t && t.group() == task.group()) return;
        Credentials mine = caller.credentials();
        Credentials its = task.credentials();
        if (mine.has(Capability.CAP_SYS_PTRACE)) return;
        boolean same =
                mine.fsuid() == its.uid()
                        && mine.fsuid() == its.euid()
                        && mine.fsuid() == its.suid()
                        && mine.fsgid() == its.gid()
                        && mine.fsgid() == its.egid()
                        && mine.fsgid() == its.sgid();
        if (!same || task.group().dumpable() != 1) throw EACCES.exception();
    }
}
