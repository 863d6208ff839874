package stasis.kernel.vfs;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.StatMode.S_IFBLK;
import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFIFO;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_IFREG;
import static stasis.abi.StatMode.S_IFSOCK;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.mem.FileSource;
import stasis.state.NotSaved;
import stasis.state.SavedKind;

import java.util.List;

/**
 * A file of any type, apart from its names.
 *
 * <p>Whatever looks at or changes directory entries is called with the VFS lock held, after
 * permissions and types were checked; everything else with no lock. What a kind of file cannot do
 * fails as it does in Linux.
 */
@SavedKind
public abstract class Inode {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    protected final RankedLock lock = new RankedLock(LockRank.INODE);

    /** Never changes. */
    private Filesystem filesystem;

    /** Descriptions and calls that hold the file open. Guarded by {@link #lock}. */
    private int opens;

    /** Made when first needed. Guarded by {@link #lock}. */
    private @Nullable FileLocks fileLocks;

    /** Pipe or socket behind it. Guarded by {@link #lock}. */
    private @Nullable Attachment attachment;

    @SuppressWarnings("NullAway.Init")
    protected Inode() {}

    protected Inode(Filesystem filesystem) {
        this.filesystem = filesystem;
    }

    public final Filesystem filesystem() {
        return filesystem;
    }

    // ---- attributes ----

    public abstract InodeStat stat() throws ErrnoException;

    /** Type and permissions. */
    public abstract int mode();

    public abstract int uid();

    public abstract int gid();

    public abstract long ino();

    public final boolean isDirectory() {
        return (mode() & S_IFMT) == S_IFDIR;
    }

    public final boolean isSymlink() {
        return (mode() & S_IFMT) == S_IFLNK;
    }

    public final boolean isRegular() {
        return (mode() & S_IFMT) == S_IFREG;
    }

    public final int type() {
        return mode() & S_IFMT;
    }

    /** Permissions were checked by {@link AttributeRules}. */
    public void setAttributes(Caller caller, AttributeChange change) throws ErrnoException {
        throw EPERM.exception();
    }

    /** EACCES unless {@code who} may do {@code wanted} (R_OK, W_OK, X_OK). */
    public void checkAccess(Credentials who, int wanted) throws ErrnoException {
        if (!who.mayAccess(wanted, mode(), uid(), gid())) throw EACCES.exception();
    }

    /** Reading or listing has happened: moves atime as relatime does. */
    public void accessed(Caller caller) {}

    // ---- directories ----

    /** What {@code name} names, or null. The same object for the same file every time. */
    public @Nullable Inode lookup(Caller caller, String name) throws ErrnoException {
        throw ENOTDIR.exception();
    }

    /** Creates {@code name}, which does not exist. */
    public Inode make(Caller caller, String name, NewInode what) throws ErrnoException {
        throw EPERM.exception();
    }

    /** open(2) with O_TMPFILE: a file that has no name yet. */
    public Inode makeUnnamed(Caller caller, NewInode what) throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    /** Another name for {@code target}, which is of the same file system and no directory. */
    public void link(Caller caller, String name, Inode target) throws ErrnoException {
        throw EPERM.exception();
    }

    /** Takes away {@code name}, which names {@code child}: no directory. */
    public void unlink(Caller caller, String name, Inode child) throws ErrnoException {
        throw EPERM.exception();
    }

    /** ENOTEMPTY if anything is in it. */
    public void rmdir(Caller caller, String name, Inode child) throws ErrnoException {
        throw EPERM.exception();
    }

    /** The renaming of {@code oldName} in this directory; {@link Renaming} says what is known. */
    public void rename(Caller caller, Renaming renaming) throws ErrnoException {
        throw EPERM.exception();
    }

    /**
     * Gives {@code sink} the entries after {@code cookie} (0: from the first) without "." and "..",
     * until it refuses one. Cookies count from 1 and stay valid while entries come and go.
     */
    public void readDirectory(Caller caller, long cookie, DirectorySink sink)
            throws ErrnoException {
        throw ENOTDIR.exception();
    }

    /**
     * False for directories of /proc whose names come and go with processes: a name is then looked
     * up every time, and nothing remembers what is gone.
     */
    public boolean keepsNames() {
        return true;
    }

    /** False if a cached name for it is to be looked up again (processes that ended, /proc). */
    public boolean stillThere() {
        return true;
    }

    // ---- symbolic links ----

    public String readlink(Caller caller) throws ErrnoException {
        throw EINVAL.exception();
    }

    /** Where a magic link of /proc leads, whatever its text says; null for ordinary links. */
    public @Nullable Path magicTarget(Caller caller) throws ErrnoException {
        return null;
    }

    // ---- content ----

    /**
     * open(2), with no lock held and permissions checked.
     *
     * @param flags O_*; O_TRUNC has been done
     */
    public FileImpl open(Caller caller, int flags) throws SyscallException {
        switch (type()) {
            case S_IFDIR:
                return new DirectoryFile(this);
            case S_IFIFO, S_IFCHR, S_IFBLK:
                Device device = filesystem.vfs().device(type(), stat().rdev());
                if (device == null) throw (type() == S_IFIFO ? ENXIO : ENODEV).exception();
                return device.open(caller, this, flags);
            case S_IFSOCK:
                throw ENXIO.exception();
            default:
                throw EINVAL.exception();
        }
    }

    /** The bytes of a regular file, whoever has it open; null if there is no such thing. */
    public @Nullable FileSource content() {
        return null;
    }

    /** fallocate(2) on a regular file. */
    public void fallocate(Caller caller, int mode, long offset, long length) throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    /** lseek(2) SEEK_DATA (true) or SEEK_HOLE; ENXIO beyond the end. */
    public long seekDataOrHole(long offset, boolean data) throws ErrnoException {
        long size = stat().size();
        if (offset < 0 || offset >= size) throw ENXIO.exception();
        return data ? offset : size;
    }

    /** fsync(2). */
    public void sync(Caller caller, boolean dataOnly) throws ErrnoException {}

    /** memfd_create(2) seals, fcntl(2) F_GET_SEALS. */
    public int seals() throws ErrnoException {
        throw EINVAL.exception();
    }

    public void addSeals(int seals) throws ErrnoException {
        throw EINVAL.exception();
    }

    /** How /proc/pid/fd shows a file that has no path: {@code pipe:[123]}. */
    public @Nullable String description() {
        return null;
    }

    // ---- extended attributes ----

    /** Null if there is none of this name. */
    public byte @Nullable [] xattr(String name) throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    /**
     * @param value null to remove
     */
    public void setXattr(Caller caller, String name, byte @Nullable [] value)
            throws ErrnoException {
        throw EOPNOTSUPP.exception();
    }

    public List<String> xattrNames() throws ErrnoException {
        return List.of();
    }

    // ---- who holds it ----

    /** Somebody holds the file open, whatever happens to its names. */
    public final void opened() {
        try (var _ = lock.hold()) {
            opens++;
        }
    }

    public final void closed() {
        boolean last;
        try (var _ = lock.hold()) {
            last = --opens == 0;
        }
        if (last) dropIfUnlinked();
    }

    /** Frees the content if neither a name nor an open file is left. */
    public final void dropIfUnlinked() {
        try (var _ = lock.hold()) {
            if (opens > 0 || linksLocked() > 0) return;
        }
        evict();
    }

    /** Names that lead here; files of kernel-made file systems always have one. */
    protected int linksLocked() {
        return 1;
    }

    /** Nobody can reach it any more: pages go back. */
    protected void evict() {}

    /** flock(2) and fcntl(2) locks. */
    public final FileLocks locks() {
        try (var _ = lock.hold()) {
            if (fileLocks == null) fileLocks = new FileLocks();
            return fileLocks;
        }
    }

    /** As {@link #locks}, or null if there never was one. */
    final @Nullable FileLocks locksIfAny() {
        try (var _ = lock.hold()) {
            return fileLocks;
        }
    }

    public final @Nullable Attachment attachment() {
        try (var _ = lock.hold()) {
            return attachment;
        }
    }

    /** Keeps {@code made} unless there is one already; returns the one that counts. */
    public final Attachment attach(Attachment made) {
        try (var _ = lock.hold()) {
            if (attachment == null) attachment = made;
            return attachment;
        }
    }

    /** A socket was closed: connecting to its name fails from now on. */
    public final void detach() {
        try (var _ = lock.hold()) {
            attachment = null;
        }
    }
}
