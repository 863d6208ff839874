package stasis.kernel.fs.proc;

import stasis.abi.Magic;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.state.NotSaved;
import stasis.state.Saved;

/** One instance of proc(5). */
@Saved("proc.ProcFilesystem")
public final class ProcFilesystem extends Filesystem {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock numbers = new RankedLock(LockRank.FILE);

    /** Never changes. */
    private Machine machine;

    /** Guarded by {@link #numbers}. */
    private long nextIno = 1;

    /** Never changes. */
    private RootDirectory root;

    @SuppressWarnings("NullAway.Init")
    private ProcFilesystem() {}

    @SuppressWarnings("NullAway.Init")
    public ProcFilesystem(Machine machine) {
        super(machine.vfs());
        this.machine = machine;
        this.root = new RootDirectory(this);
    }

    Machine machine() {
        return machine;
    }

    long newIno() {
        try (var _ = numbers.hold()) {
            return nextIno++;
        }
    }

    @Override
    public String type() {
        return "proc";
    }

    @Override
    public long magic() {
        return Magic.PROC_SUPER_MAGIC;
    }

    @Override
    public RootDirectory root() {
        return root;
    }
}
