package stasis.kernel.fs.proc;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ESRCH;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.state.Saved;

import java.util.Locale;

/** A file of {@code /proc/pid} that is text. */
@Saved("proc.TaskFile")
final class TaskFile extends TextInode {
    /** Named as the file. */
    enum Kind {
        AUXV(0400),
        CGROUP(0444),
        CMDLINE(0444),
        COMM(0644),
        ENVIRON(0400),
        GID_MAP(0444),
        LIMITS(0444),
        LOGINUID(0444),
        MAPS(0444),
        MOUNTINFO(0444),
        MOUNTS(0444),
        OOM_SCORE(0444),
        OOM_SCORE_ADJ(0644),
        PERSONALITY(0400),
        SETGROUPS(0444),
        SMAPS(0444),
        STAT(0444),
        STATM(0444),
        STATUS(0444),
        UID_MAP(0444),
        WCHAN(0444);

        private final int permissions;

        Kind(int permissions) {
            this.permissions = permissions;
        }

        String fileName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private Task task;
    private Kind kind;

    /** Shows one thread of a process. */
    private boolean thread;

    @SuppressWarnings("NullAway.Init")
    private TaskFile() {}

    TaskFile(ProcFilesystem filesystem, Task task, Kind kind, boolean thread) {
        super(filesystem, kind.permissions);
        this.task = task;
        this.kind = kind;
        this.thread = thread;
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
    String text(Caller caller) throws ErrnoException {
        if (!TaskDirectory.exists(task)) throw ESRCH.exception();
        return switch (kind) {
            case AUXV -> {
                MagicLink.checkMayInspect(caller, task);
                yield MemoryText.auxv(task);
            }
            case ENVIRON -> {
                MagicLink.checkMayInspect(caller, task);
                yield MemoryText.environment(task);
            }
            case CMDLINE -> MemoryText.arguments(task);
            case MAPS -> MapsText.maps(task, false);
            case SMAPS -> MapsText.maps(task, true);
            case STATM -> MemoryText.statm(task);
            case STAT -> TaskText.stat(caller, task, thread);
            case STATUS -> TaskText.status(caller, task);
            case LIMITS -> LimitsText.limits(task.limits());
            case MOUNTS -> MountsText.mounts(task);
            case MOUNTINFO -> MountsText.mountinfo(task);
            case COMM -> task.name() + "\n";
            case CGROUP -> "0::/\n";
            case UID_MAP, GID_MAP -> "         0          0 4294967295\n";
            case SETGROUPS -> "allow\n";
            case LOGINUID -> "4294967295";
            case OOM_SCORE -> "666\n";
            case OOM_SCORE_ADJ -> task.group().oomScoreAdj() + "\n";
            case PERSONALITY -> String.format(Locale.ROOT, "%08x\n", task.personality());
            case WCHAN -> "0";
        };
    }

    @Override
    void written(Caller caller, String text) throws ErrnoException {
        switch (kind) {
            case COMM -> {
                boolean own = caller instanceof Task t && t.group() == task.group();
                if (!own) throw EINVAL.exception();
                String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
                task.setName(name.substring(0, Math.min(name.length(), 15)));
            }
            case OOM_SCORE_ADJ -> task.group().setOomScoreAdj(adjustment(caller, text));
            default -> throw EACCES.exception();
        }
    }

    private int adjustment(Caller caller, String text) throws ErrnoException {
        int value;
        try {
            value = Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw EINVAL.exception();
        }
        if (value < -1000 || value > 1000) throw EINVAL.exception();
        boolean may = caller.credentials().has(Capability.CAP_SYS_RESOURCE);
        if (value < task.group().oomScoreAdj() && !may) throw EACCES.exception();
        return value;
    }
}
