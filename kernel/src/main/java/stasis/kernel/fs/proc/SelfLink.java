package stasis.kernel.fs.proc;

import static stasis.abi.StatMode.S_IFLNK;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Task;
import stasis.state.Saved;

/** Links whose text depends on who reads them. */
@Saved("proc.SelfLink")
final class SelfLink extends ProcInode {
    enum Kind {
        SELF,
        THREAD_SELF,
        MOUNTS,
        NET
    }

    private Kind kind;

    @SuppressWarnings("NullAway.Init")
    private SelfLink() {}

    SelfLink(ProcFilesystem filesystem, Kind kind) {
        super(filesystem, S_IFLNK | 0777);
        this.kind = kind;
    }

    @Override
    public String readlink(Caller caller) throws ErrnoException {
        return switch (kind) {
            case SELF -> Integer.toString(caller.pid());
            case THREAD_SELF -> {
                if (!(caller instanceof Task task)) throw Errno.ENOENT.exception();
                yield task.group().pid() + "/task/" + task.tid();
            }
            case MOUNTS -> "self/mounts";
            case NET -> "self/net";
        };
    }
}
