package stasis.kernel.fs.gofer;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Magic;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.client.GoferFile;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.StatfsInfo;
import stasis.kernel.vfs.Vfs;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One export of the gofer. Fids of directories and open host files are kept for the ones that were
 * used last; the others are looked up again by name when they are needed, as they are after a
 * restore.
 */
@Saved("gofer.GoferFilesystem")
public final class GoferFilesystem extends Filesystem {
    private static final int MAX_FIDS = 4096;
    private static final int MAX_FILES = 512;

    @NotSaved("the gofer of the host that restores")
    private GoferConnection connection;

    private GuestMemory memory;

    /** As the gofer knows it. */
    private String export;

    /** Nobody changes it while the sandbox lives: names and attributes may be remembered. */
    private boolean unchanging;

    private GoferInode root;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}, in order of use. */
    @NotSaved("walked again when needed")
    private final Map<GoferInode, Integer> fids = new LinkedHashMap<>(16, 0.75f, true);

    /** Guarded by {@link #lock}, in order of use. */
    @NotSaved("opened again when needed")
    private final Map<GoferInode, GoferFile> files = new LinkedHashMap<>(16, 0.75f, true);

    @SuppressWarnings("NullAway.Init")
    private GoferFilesystem() {}

    public GoferFilesystem(
            Vfs vfs,
            GuestMemory memory,
            GoferConnection connection,
            String export,
            boolean unchanging)
            throws ErrnoException {
        super(vfs);
        this.memory = memory;
        this.connection = connection;
        this.export = export;
        this.unchanging = unchanging;
        int fid = connection.attach(export);
        GoferConnection.Stat stat = connection.getattr(fid);
        this.root = new GoferInode(this, null, "", stat);
        fids.put(root, fid);
    }

    @Override
    public String type() {
        return "9p";
    }

    @Override
    public long magic() {
        return Magic.V9FS_MAGIC;
    }

    @Override
    public Inode root() {
        return root;
    }

    boolean unchanging() {
        return unchanging;
    }

    GuestMemory memory() {
        return memory;
    }

    GoferConnection connection() {
        return connection;
    }

    @Override
    public StatfsInfo statfs() {
        try {
            long[] s = connection.statfs(fid(root));
            return new StatfsInfo(magic(), s[1], s[2], s[3], s[5], s[6], s[8]);
        } catch (ErrnoException e) {
            return super.statfs();
        }
    }

    // ---- fids

    /** The fid of {@code inode}, walked to if it has none. */
    int fid(GoferInode inode) throws ErrnoException {
        lock.lock();
        try {
            Integer known = fids.get(inode);
            if (known != null) return known;
            int fid = walkTo(inode);
            keepFid(inode, fid);
            return fid;
        } finally {
            lock.unlock();
        }
    }

    private int walkTo(GoferInode inode) throws ErrnoException {
        List<String> names = new ArrayList<>();
        GoferInode at = inode;
        Integer from = null;
        for (; ; ) {
            from = fids.get(at);
            GoferInode parent = at.parent();
            if (from != null || parent == null) break;
            names.addFirst(at.name());
            at = parent;
        }
        int base = from != null ? from : attachAgain();
        for (int i = 0; i < names.size(); i += 16) {
            int next = connection.walk(base, names.subList(i, Math.min(i + 16, names.size())));
            if (i > 0) connection.clunk(base);
            base = next;
        }
        return base;
    }

    private int attachAgain() throws ErrnoException {
        int fid = connection.attach(export);
        fids.put(root, fid);
        return fid;
    }

    /** Remembers {@code fid}; the one that was not used for longest is given back. */
    void keepFid(GoferInode inode, int fid) {
        lock.lock();
        try {
            fids.put(inode, fid);
            if (fids.size() <= MAX_FIDS) return;
            var it = fids.entrySet().iterator();
            var eldest = it.next();
            if (eldest.getKey() == root) eldest = it.next();
            connection.clunk(eldest.getValue());
            it.remove();
        } finally {
            lock.unlock();
        }
    }

    /** The names have changed: what was remembered for it is wrong. */
    void forget(GoferInode inode) {
        lock.lock();
        try {
            Integer fid = fids.remove(inode);
            if (fid != null) connection.clunk(fid);
            GoferFile file = files.remove(inode);
            if (file != null) file.close();
        } finally {
            lock.unlock();
        }
    }

    // ---- content of files that are only read

    /** Reads through a descriptor that is shared by all readers of the file. */
    long read(
            GoferInode inode, java.lang.foreign.MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        lock.lock();
        try {
            GoferFile file = files.get(inode);
            if (file == null) file = openShared(inode);
            return file.read(to, at, length, offset);
        } finally {
            lock.unlock();
        }
    }

    private GoferFile openShared(GoferInode inode) throws ErrnoException {
        GoferFile file = connection.open(fid(inode), stasis.abi.Fcntl.O_RDONLY);
        files.put(inode, file);
        if (files.size() > MAX_FILES) {
            var it = files.values().iterator();
            it.next().close();
            it.remove();
        }
        return file;
    }

    @Nullable GoferInode child(GoferInode dir, String name) throws ErrnoException {
        GoferConnection.Found found;
        try {
            found = connection.find(fid(dir), name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) return null;
            throw e;
        }
        GoferInode inode = new GoferInode(this, dir, name, found.stat());
        keepFid(inode, found.fid());
        return inode;
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        connection = restoration.resource(GoferConnection.class);
    }
}
