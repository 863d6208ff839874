package stasis.kernel.fs.overlay;

import static stasis.abi.Errno.EIO;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFREG;

import stasis.abi.ErrnoException;
import stasis.abi.Magic;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.tmpfs.MemoryFilesystem;
import stasis.kernel.fs.tmpfs.RegularFile;
import stasis.kernel.fs.tmpfs.SpecialInode;
import stasis.kernel.fs.tmpfs.SymlinkInode;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.FileSource;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A tmpfs that begins as what a lower tree shows. A lower file gets an inode of ours when it is
 * first looked up; from then on attributes and names are ours, and its pages as soon as they are
 * written or mapped.
 *
 * <p>Unlike Linux's overlayfs there is no upper tree with whiteouts: a directory of ours knows all
 * its names as soon as one is taken away. And what was written is seen by all who had the file open
 * or mapped before. The lower tree is taken as unchanging.
 */
@Saved("overlay.Overlay")
public final class Overlay extends MemoryFilesystem {
    /** Inode numbers of files that are ours begin here; those of lower files are kept. */
    private static final long FIRST_OWN_INO = 1L << 48;

    /** Lower files with several names, so that all of them find the same inode. */
    private Map<Long, PlainInode> hardLinked = new LinkedHashMap<>();

    /** Never changes. */
    private OverlayDirectory root;

    @SuppressWarnings("NullAway.Init")
    private Overlay() {}

    /**
     * @param lower the directory that it begins as
     */
    public Overlay(Vfs vfs, GuestMemory memory, Inode lower) throws ErrnoException {
        super(vfs, memory, new PageBudget(PageBudget.UNLIMITED), FIRST_OWN_INO);
        InodeStat stat = lower.stat();
        this.root = new OverlayDirectory(this, stat.ino(), asNew(stat, ""), lower);
        root.takeTimes(stat);
    }

    @Override
    public String type() {
        return "overlay";
    }

    @Override
    public long magic() {
        return Magic.OVERLAYFS_SUPER_MAGIC;
    }

    @Override
    public OverlayDirectory root() {
        return root;
    }

    @Override
    protected OverlayDirectory newDirectory(NewInode what) {
        return new OverlayDirectory(this, newIno(), what, null);
    }

    /** Our inode for a lower one. Precondition: the VFS lock is held. */
    PlainInode over(Caller caller, Inode lower) throws ErrnoException {
        InodeStat stat = lower.stat();
        boolean shared = stat.nlink() > 1 && stat.type() != S_IFDIR;
        PlainInode known = shared ? hardLinked.get(stat.ino()) : null;
        if (known != null) return known;
        PlainInode made = make(caller, lower, stat);
        if (shared) {
            made.addLinks(stat.nlink() - 1, stat.ctime());
            hardLinked.put(stat.ino(), made);
        }
        return made;
    }

    private PlainInode make(Caller caller, Inode lower, InodeStat stat) throws ErrnoException {
        switch (stat.type()) {
            case S_IFDIR -> {
                OverlayDirectory d = new OverlayDirectory(this, stat.ino(), asNew(stat, ""), lower);
                d.takeTimes(stat);
                return d;
            }
            case S_IFREG -> {
                return regular(lower, stat);
            }
            case S_IFLNK -> {
                NewInode what = asNew(stat, lower.readlink(caller));
                return new SymlinkInode(this, stat.ino(), what);
            }
            default -> {
                return new SpecialInode(this, stat.ino(), asNew(stat, ""));
            }
        }
    }

    private RegularFile regular(Inode lower, InodeStat stat) throws ErrnoException {
        FileSource content = lower.content();
        if (content == null) throw EIO.exception();
        FilePages pages = new FilePages(memory(), budget(), content, stat.size());
        RegularFile file = new RegularFile(this, stat.ino(), asNew(stat, ""), pages);
        file.takeTimes(stat);
        return file;
    }

    private static NewInode asNew(InodeStat stat, String target) {
        return new NewInode(stat.mode(), stat.uid(), stat.gid(), stat.rdev(), target, stat.mtime());
    }
}
