package stasis.kernel.fs.proc;

import org.jspecify.annotations.Nullable;

import stasis.abi.Le;
import stasis.abi.Magic;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.UUID;

/** One instance of proc(5). */
@Saved("proc.ProcFilesystem")
public final class ProcFilesystem extends Filesystem {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock numbers = new RankedLock(LockRank.FILE);

    /** Never changes. */
    private Machine machine;

    /** Guarded by {@link #numbers}. */
    private long nextIno = 1;

    @NotSaved("another one after a restore, so that a clone is not its sibling")
    private volatile @Nullable String bootId;

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

    /** random(4), boot_id: the same until the sandbox is restored or cloned. */
    String bootId() {
        String id = bootId;
        if (id == null) bootId = id = newUuid();
        return id;
    }

    /** A random UUID, version 4, from the sandbox's own source. */
    String newUuid() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
        machine.random().fill(bytes, 0, 16);
        long high = (Le.getLong(bytes, 0) & ~0xf000L) | 0x4000;
        long low = (Le.getLong(bytes, 8) & (-1L >>> 2)) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}
