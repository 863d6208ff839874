package stasis.kernel.fs.gofer;

import static stasis.abi.Errno.EIO;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_IFREG;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.client.GoferFile;
import stasis.gofer.protocol.Attributes;
import stasis.gofer.protocol.P9;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.FileSource;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.AttributeChange;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.Renaming;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A file of the host, known by its path below an export and checked by its identity. */
@Saved("gofer.GoferInode")
public final class GoferInode extends Inode implements FileSource {
    /** Null for the top. Changes only by a rename, under the VFS lock. */
    private @Nullable GoferInode parent;

    private String name;

    /** Of the host's device and inode number. */
    private long ino;

    /** As last seen. Guarded by nothing: replaced whole. */
    private volatile int mode;

    private volatile int uid;
    private volatile int gid;
    private volatile long size;
    private volatile long mtime;

    @NotSaved("asked for again")
    private volatile @Nullable InodeStat remembered;

    /** Pages that are mapped, over what the host has. Made when first needed. Guarded by lock. */
    private @Nullable GoferPages pages;

    @SuppressWarnings("NullAway.Init")
    private GoferInode() {}

    GoferInode(
            GoferFilesystem filesystem,
            @Nullable GoferInode parent,
            String name,
            GoferConnection.Stat stat) {
        super(filesystem);
        this.parent = parent;
        this.name = name;
        this.ino = stat.qid().path();
        remember(stat.attributes());
    }

    private GoferFilesystem fs() {
        return (GoferFilesystem) filesystem();
    }

    @Nullable GoferInode parent() {
        return parent;
    }

    String name() {
        return name;
    }

    // ---- attributes

    private InodeStat remember(Attributes a) {
        mode = a.mode();
        uid = a.uid();
        gid = a.gid();
        size = a.size();
        mtime = a.mtime();
        InodeStat stat =
                new InodeStat(
                        filesystem().device(),
                        ino,
                        a.mode(),
                        (int) a.nlink(),
                        a.uid(),
                        a.gid(),
                        a.rdev(),
                        a.size(),
                        (int) a.blksize(),
                        a.blocks(),
                        a.atime(),
                        a.mtime(),
                        a.ctime(),
                        0);
        remembered = stat;
        return stat;
    }

    @Override
    public InodeStat stat() throws ErrnoException {
        InodeStat known = remembered;
        if (known != null && fs().unchanging()) return known;
        return remember(fs().connection().getattr(fs().fid(this)).attributes());
    }

    @Override
    public int mode() {
        return mode;
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public int gid() {
        return gid;
    }

    @Override
    public long ino() {
        return ino;
    }

    @Override
    public void setAttributes(Caller caller, AttributeChange c) throws ErrnoException {
        int valid = 0;
        if (c.has(AttributeChange.MODE)) valid |= P9.SETATTR_MODE;
        if (c.has(AttributeChange.UID)) valid |= P9.SETATTR_UID;
        if (c.has(AttributeChange.GID)) valid |= P9.SETATTR_GID;
        if (c.has(AttributeChange.SIZE)) valid |= P9.SETATTR_SIZE;
        if (c.has(AttributeChange.ATIME)) valid |= P9.SETATTR_ATIME | P9.SETATTR_ATIME_SET;
        if (c.has(AttributeChange.MTIME)) valid |= P9.SETATTR_MTIME | P9.SETATTR_MTIME_SET;
        fs().connection()
                .setattr(
                        fs().fid(this),
                        valid,
                        c.mode(),
                        c.uid(),
                        c.gid(),
                        c.size(),
                        c.atime(),
                        c.mtime());
        GoferPages mapped = pagesIfAny();
        if (mapped != null && c.has(AttributeChange.SIZE)) mapped.resize(c.size());
        remembered = null;
        stat();
    }

    /** A name whose file may have gone on the host is looked up again. */
    @Override
    public boolean stillThere() {
        return fs().unchanging() || parent == null;
    }

    // ---- directories

    @Override
    public @Nullable Inode lookup(Caller caller, String child) throws ErrnoException {
        return fs().child(this, child);
    }

    private GoferInode required(String child) throws ErrnoException {
        GoferInode found = fs().child(this, child);
        if (found == null) throw EIO.exception();
        return found;
    }

    @Override
    public Inode make(Caller caller, String child, NewInode what) throws ErrnoException {
        GoferConnection c = fs().connection();
        int dir = fs().fid(this);
        int permissions = what.mode() & 07777;
        switch (what.type()) {
            case S_IFDIR -> c.mkdir(dir, child, permissions);
            case S_IFREG -> c.create(dir, child, Fcntl.O_RDWR, permissions).close();
            case stasis.abi.StatMode.S_IFLNK -> c.symlink(dir, child, what.target());
            default -> c.mknod(dir, child, what.mode());
        }
        GoferInode made = required(child);
        int valid = 0;
        if (made.uid != what.uid()) valid |= P9.SETATTR_UID;
        if (made.gid != what.gid()) valid |= P9.SETATTR_GID;
        if (valid != 0) {
            c.setattr(fs().fid(made), valid, 0, what.uid(), what.gid(), 0, 0, 0);
            made.remembered = null;
            made.stat();
        }
        return made;
    }

    @Override
    public void link(Caller caller, String child, Inode target) throws ErrnoException {
        fs().connection().link(fs().fid(this), fs().fid((GoferInode) target), child);
    }

    @Override
    public void unlink(Caller caller, String child, Inode inode) throws ErrnoException {
        fs().connection().unlink(fs().fid(this), child, false);
    }

    @Override
    public void rmdir(Caller caller, String child, Inode inode) throws ErrnoException {
        fs().connection().unlink(fs().fid(this), child, true);
        fs().forget((GoferInode) inode);
    }

    @Override
    public void rename(Caller caller, Renaming r) throws ErrnoException {
        if (r.exchange()) throw stasis.abi.Errno.EINVAL.exception();
        GoferInode to = (GoferInode) r.newParent();
        GoferInode child = (GoferInode) r.child();
        fs().connection().rename(fs().fid(this), r.oldName(), fs().fid(to), r.newName());
        child.parent = to;
        child.name = r.newName();
        fs().forget(child);
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink)
            throws ErrnoException {
        List<GoferConnection.Entry> entries = fs().connection().list(fs().fid(this));
        long at = 0;
        for (GoferConnection.Entry e : entries) {
            if (e.name().equals(".") || e.name().equals("..")) continue;
            at++;
            if (at <= cookie) continue;
            if (!sink.entry(e.name(), ino + at, e.type() << 12 & S_IFMT, at)) return;
        }
    }

    @Override
    public String readlink(Caller caller) throws ErrnoException {
        return fs().connection().readlink(fs().fid(this));
    }

    // ---- content

    @Override
    public FileImpl open(Caller caller, int flags) throws SyscallException {
        if (!isRegular()) return super.open(caller, flags);
        int wanted = flags & Fcntl.O_ACCMODE;
        // A writer's descriptor must also fill pages for shared mappings.
        if (wanted == Fcntl.O_WRONLY) wanted = Fcntl.O_RDWR;
        GoferFile file = fs().connection().open(fs().fid(this), wanted);
        return new GoferOpenFile(this, wanted, file);
    }

    /** Opens again what was open before a restore. */
    GoferFile reopen(int flags) throws ErrnoException {
        return fs().connection().open(fs().fid(this), flags);
    }

    @Override
    public @Nullable FileSource content() {
        return isRegular() ? this : null;
    }

    @Override
    public long read(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        return fs().read(this, to, at, length, offset);
    }

    GoferPages pages() throws ErrnoException {
        long now = stat().size();
        try (var _ = lock.hold()) {
            GoferPages p = pages;
            if (p == null) {
                FilePages over =
                        new FilePages(
                                fs().memory(), new PageBudget(PageBudget.UNLIMITED), this, now);
                pages = p = new GoferPages(this, over);
            }
            return p;
        }
    }

    @Nullable GoferPages pagesIfAny() {
        try (var _ = lock.hold()) {
            return pages;
        }
    }

    void changed() {
        remembered = null;
    }

    /** Writes mapped pages back to the host. */
    void writeBack(MemorySegment from, long at, long length, long offset) throws ErrnoException {
        try (GoferFile file = fs().connection().open(fs().fid(this), Fcntl.O_RDWR)) {
            for (long done = 0; done < length; ) {
                long n = file.write(from, at + done, length - done, offset + done);
                if (n <= 0) throw EIO.exception();
                done += n;
            }
        }
        changed();
    }

    /**
     * A file in use must still be the one that was saved; what is only known by name may change.
     */
    @AfterRestore
    private void thaw(Restoration restoration) {
        restoration.ready(filesystem());
    }

    /** Null if the host still has the same file, else what is different. */
    public @Nullable String difference() {
        try {
            GoferConnection.Stat now = fs().connection().getattr(fs().fid(this));
            Attributes a = now.attributes();
            if (now.qid().path() != ino) return "is another file now";
            if (isRegular() && a.size() != size) return "has another size now";
            if (isRegular() && a.mtime() != mtime) return "was changed since";
            return null;
        } catch (ErrnoException e) {
            return "is gone: " + e.errno();
        }
    }

    /** For messages: the path below the export. */
    public String path() {
        GoferInode p = parent;
        return p == null ? "" : p.path() + "/" + name;
    }
}
