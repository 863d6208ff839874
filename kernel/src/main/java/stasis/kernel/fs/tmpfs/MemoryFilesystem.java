package stasis.kernel.fs.tmpfs;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.StatMode.S_IFBLK;
import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFIFO;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFREG;
import static stasis.abi.StatMode.S_IFSOCK;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.kernel.vfs.StatfsInfo;
import stasis.kernel.vfs.Vfs;
import stasis.state.NotSaved;
import stasis.state.SavedKind;

/** What file systems in guest memory have in common: numbers, limits, and making inodes. */
@SavedKind
public abstract class MemoryFilesystem extends Filesystem {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock numbers = new RankedLock(LockRank.FILE);

    /** Never changes. */
    private GuestMemory memory;

    /** Never changes. */
    private PageBudget budget;

    /** Guarded by {@link #numbers}. */
    private long nextIno;

    @SuppressWarnings("NullAway.Init")
    protected MemoryFilesystem() {}

    protected MemoryFilesystem(Vfs vfs, GuestMemory memory, PageBudget budget, long firstIno) {
        super(vfs);
        this.memory = memory;
        this.budget = budget;
        this.nextIno = firstIno;
    }

    public final GuestMemory memory() {
        return memory;
    }

    public final PageBudget budget() {
        return budget;
    }

    /** A number that no inode of this file system had before. */
    protected final long newIno() {
        try (var _ = numbers.hold()) {
            return nextIno++;
        }
    }

    /** A fresh inode of any type, with one link (directories: two). */
    protected PlainInode newInode(NewInode what) throws ErrnoException {
        return switch (what.type()) {
            case S_IFREG -> new RegularFile(this, newIno(), what, new FilePages(memory, budget));
            case S_IFDIR -> newDirectory(what);
            case S_IFLNK -> new SymlinkInode(this, newIno(), what);
            case S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK -> new SpecialInode(this, newIno(), what);
            default -> throw EINVAL.exception();
        };
    }

    /** An empty directory. */
    protected MemoryDirectory newDirectory(NewInode what) {
        return new MemoryDirectory(this, newIno(), what);
    }

    @Override
    public StatfsInfo statfs() {
        long all = Math.min(budget.limit(), memory.totalPages());
        long free = Math.max(0, Math.min(all - budget.used(), memory.totalPages() - memory.used()));
        return new StatfsInfo(magic(), Pages.SIZE, all, free, 1 << 20, 1 << 20, 255);
    }
}
