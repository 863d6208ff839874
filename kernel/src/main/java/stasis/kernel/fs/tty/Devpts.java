package stasis.kernel.fs.tty;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Magic.DEVPTS_SUPER_MAGIC;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.task.Machine;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Vfs;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** /dev/pts: {@code ptmx}, and the slaves of this instance by number. */
@Saved("tty.Devpts")
public final class Devpts extends Filesystem {
    /** /proc/sys/kernel/pty/max. */
    private static final int MAX = 4096;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    /** Never changes. */
    private DevptsOptions options;

    private DevptsDirectory root;
    private PtmxInode ptmx;

    /** By number. Guarded by {@link #lock}. */
    private TreeMap<Integer, PtsInode> slaves = new TreeMap<>();

    @SuppressWarnings("NullAway.Init")
    private Devpts() {}

    /**
     * @param now guest CLOCK_REALTIME
     */
    public Devpts(Vfs vfs, DevptsOptions options, long now) {
        super(vfs);
        this.options = options;
        this.root = new DevptsDirectory(this, now);
        this.ptmx = new PtmxInode(this, options.ptmxMode(), now);
    }

    @Override
    public String type() {
        return "devpts";
    }

    @Override
    public long magic() {
        return DEVPTS_SUPER_MAGIC;
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public String options() {
        return options.text();
    }

    PtmxInode ptmx() {
        return ptmx;
    }

    /** Null if its terminal is gone. */
    @Nullable PtsInode slave(int index) {
        try (var _ = lock.hold()) {
            return slaves.get(index);
        }
    }

    List<PtsInode> slaves() {
        try (var _ = lock.hold()) {
            return new ArrayList<>(slaves.values());
        }
    }

    /** open(2) of ptmx: a new pair. */
    PtyMaster newMaster(Caller caller, Inode opened) throws ErrnoException {
        if (!(caller instanceof Task task)) throw EINVAL.exception();
        Terminal terminal = newTerminal(caller, task.machine());
        return new PtyMaster(terminal, this, opened);
    }

    /**
     * A terminal whose master is not a file of the sandbox: whoever made it types and shows. Its
     * slave is not locked.
     */
    public Terminal newConsole(Caller caller, Machine machine) throws ErrnoException {
        Terminal terminal = newTerminal(caller, machine);
        terminal.setLocked(false);
        return terminal;
    }

    private Terminal newTerminal(Caller caller, Machine machine) throws ErrnoException {
        try (var _ = lock.hold()) {
            int index = 0;
            while (slaves.containsKey(index)) index++;
            if (index >= MAX) throw ENOSPC.exception();
            Terminal terminal = new Terminal(index, machine);
            slaves.put(index, new PtsInode(this, terminal, caller, options));
            return terminal;
        }
    }

    /** The master is closed: the name is gone. */
    public void remove(Terminal terminal) {
        try (var _ = lock.hold()) {
            slaves.remove(terminal.index());
        }
    }
}
