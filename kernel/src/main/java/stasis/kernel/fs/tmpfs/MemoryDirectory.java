package stasis.kernel.fs.tmpfs;

import static stasis.abi.Errno.EIO;
import static stasis.abi.Errno.ENOTEMPTY;
import static stasis.abi.StatMode.S_IFDIR;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.kernel.vfs.Renaming;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;
import stasis.state.SavedKind;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** A directory in memory. Entries are guarded by the VFS lock. */
@Saved("tmpfs.MemoryDirectory")
@SavedKind
public class MemoryDirectory extends PlainInode {
    /** By cookie: listings follow the order of creation. */
    private TreeMap<Long, DirectoryEntry> entries = new TreeMap<>();

    @NotSaved("remade from entries")
    private final Map<String, DirectoryEntry> byName = new HashMap<>();

    private long nextCookie = 1;

    /** It has no name any more. */
    private boolean removed;

    protected MemoryDirectory() {}

    public MemoryDirectory(MemoryFilesystem filesystem, long ino, NewInode what) {
        super(filesystem, ino, what);
        addLinks(1, what.now());
    }

    @AfterRestore
    private void index(Restoration restoration) {
        for (DirectoryEntry e : entries.values()) byName.put(e.name(), e);
    }

    private MemoryFilesystem memoryFilesystem() {
        return (MemoryFilesystem) filesystem();
    }

    /** Like Linux's BOGO_DIRENT_SIZE. */
    @Override
    protected long size() {
        return 20L * (2 + entries.size());
    }

    @Override
    protected boolean keepsXattrs() {
        return true;
    }

    // ---- entries ----

    /** Before names are taken away or counted: every name of a lower layer gets its entry. */
    protected void loadNames(Caller caller) throws ErrnoException {}

    /** The file behind an entry that has none yet. */
    protected @Nullable Inode load(Caller caller, String name) throws ErrnoException {
        return null;
    }

    protected final boolean hasEntry(String name) {
        return byName.containsKey(name);
    }

    protected final void putName(String name, long ino, int mode) {
        put(new DirectoryEntry(name, nextCookie++, ino, mode));
    }

    /** Adds a name for the kernel's own trees; link counts are the caller's business. */
    public final void put(String name, Inode inode) {
        put(new DirectoryEntry(name, nextCookie++, inode));
    }

    private void put(DirectoryEntry entry) {
        entries.put(entry.cookie(), entry);
        byName.put(entry.name(), entry);
    }

    private void remove(String name) throws ErrnoException {
        DirectoryEntry gone = byName.remove(name);
        if (gone == null) throw EIO.exception();
        entries.remove(gone.cookie());
    }

    protected final boolean isRemoved() {
        return removed;
    }

    private boolean isEmpty(Caller caller) throws ErrnoException {
        loadNames(caller);
        return entries.isEmpty();
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) throws ErrnoException {
        DirectoryEntry entry = byName.get(name);
        if (entry == null) {
            Inode lower = load(caller, name);
            if (lower != null) put(name, lower);
            return lower;
        }
        Inode inode = entry.inode();
        if (inode != null) return inode;
        inode = load(caller, name);
        if (inode == null) remove(name);
        else entry.setInode(inode);
        return inode;
    }

    @Override
    public Inode make(Caller caller, String name, NewInode what) throws ErrnoException {
        PlainInode made = memoryFilesystem().newInode(what);
        put(name, made);
        if (made.isDirectory()) addLinks(1, what.now());
        modified(what.now());
        return made;
    }

    /** For the kernel's own trees: as {@link #make} for a directory that may exist. */
    public final MemoryDirectory directory(String name, int mode, long now) {
        DirectoryEntry there = byName.get(name);
        if (there != null && there.inode() instanceof MemoryDirectory d) return d;
        NewInode what = new NewInode(S_IFDIR | mode, 0, 0, 0, "", now);
        MemoryDirectory made = memoryFilesystem().newDirectory(what);
        put(name, made);
        addLinks(1, now);
        return made;
    }

    /** For the kernel's own trees: a symbolic link, a device, an empty file. */
    public final PlainInode add(String name, NewInode what) throws ErrnoException {
        PlainInode made = memoryFilesystem().newInode(what);
        put(name, made);
        return made;
    }

    @Override
    public Inode makeUnnamed(Caller caller, NewInode what) throws ErrnoException {
        PlainInode made = memoryFilesystem().newInode(what);
        made.addLinks(-1, what.now());
        return made;
    }

    @Override
    public void link(Caller caller, String name, Inode target) throws ErrnoException {
        long now = caller.realtimeClock().now();
        ((PlainInode) target).addLinks(1, now);
        put(name, target);
        modified(now);
    }

    @Override
    public void unlink(Caller caller, String name, Inode child) throws ErrnoException {
        loadNames(caller);
        remove(name);
        long now = caller.realtimeClock().now();
        ((PlainInode) child).addLinks(-1, now);
        modified(now);
    }

    @Override
    public void rmdir(Caller caller, String name, Inode child) throws ErrnoException {
        if (!((MemoryDirectory) child).isEmpty(caller)) throw ENOTEMPTY.exception();
        loadNames(caller);
        remove(name);
        dropDirectory(child, caller.realtimeClock().now());
    }

    private void dropDirectory(Inode child, long now) {
        MemoryDirectory gone = (MemoryDirectory) child;
        gone.addLinks(-2, now);
        gone.removed = true;
        addLinks(-1, now);
        modified(now);
    }

    @Override
    public void rename(Caller caller, Renaming r) throws ErrnoException {
        MemoryDirectory to = (MemoryDirectory) r.newParent();
        long now = caller.realtimeClock().now();
        Inode replaced = r.replaced();
        if (!r.exchange() && replaced instanceof MemoryDirectory d && !d.isEmpty(caller)) {
            throw ENOTEMPTY.exception();
        }
        loadNames(caller);
        to.loadNames(caller);
        if (replaced != null) to.remove(r.newName());
        remove(r.oldName());
        to.put(r.newName(), r.child());
        if (replaced != null && r.exchange()) put(r.oldName(), replaced);
        else if (replaced instanceof MemoryDirectory) to.dropDirectory(replaced, now);
        else if (replaced != null) ((PlainInode) replaced).addLinks(-1, now);
        countParents(to, r, now);
    }

    /** Directories that moved count for their new parent. */
    private void countParents(MemoryDirectory to, Renaming r, long now) {
        ((PlainInode) r.child()).addLinks(0, now);
        if (to != this && r.child().isDirectory()) {
            addLinks(-1, now);
            to.addLinks(1, now);
        }
        Inode back = r.exchange() ? r.replaced() : null;
        if (to != this && back != null && back.isDirectory()) {
            to.addLinks(-1, now);
            addLinks(1, now);
        }
        modified(now);
        to.modified(now);
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink)
            throws ErrnoException {
        loadNames(caller);
        for (DirectoryEntry e : entries.tailMap(cookie, false).values()) {
            if (!sink.entry(e.name(), e.ino(), e.mode(), e.cookie())) return;
        }
    }
}
