package stasis.kernel.fs.tmpfs;

import static stasis.abi.Errno.EFBIG;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.FALLOC_FL_KEEP_SIZE;
import static stasis.abi.Fcntl.FALLOC_FL_PUNCH_HOLE;
import static stasis.abi.Fcntl.F_SEAL_FUTURE_WRITE;
import static stasis.abi.Fcntl.F_SEAL_GROW;
import static stasis.abi.Fcntl.F_SEAL_SEAL;
import static stasis.abi.Fcntl.F_SEAL_SHRINK;
import static stasis.abi.Fcntl.F_SEAL_WRITE;
import static stasis.abi.Resource.RLIMIT_FSIZE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.FileSource;
import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** A regular file whose pages are guest memory. One object for the file and whoever has it open. */
@Saved("tmpfs.RegularFile")
public final class RegularFile extends PlainInode implements FileImpl {
    private static final int SEALS =
            F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

    /** Never changes. */
    private FilePages pages;

    /** F_SEAL_*. Like Linux, files that are not memfds cannot be sealed. Guarded by lock. */
    private int seals = F_SEAL_SEAL;

    /** For files that never had a name. */
    private @Nullable String description;

    @SuppressWarnings("NullAway.Init")
    private RegularFile() {}

    public RegularFile(Filesystem filesystem, long ino, NewInode what, FilePages pages) {
        super(filesystem, ino, what);
        this.pages = pages;
    }

    /** The file of memfd_create(2): it has no name. */
    static RegularFile memfd(
            Filesystem filesystem,
            long ino,
            NewInode what,
            FilePages pages,
            String name,
            boolean sealable) {
        RegularFile file = new RegularFile(filesystem, ino, what, pages);
        file.addLinks(-1, what.now());
        file.description = "/memfd:" + name + " (deleted)";
        if (sealable) file.seals = 0;
        return file;
    }

    public FilePages pages() {
        return pages;
    }

    @Override
    public FileImpl open(Caller caller, int flags) {
        return this;
    }

    @Override
    public Inode inode() {
        return this;
    }

    @Override
    public @Nullable String description() {
        return description;
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    protected long blocks() {
        return pages.allocated() >> 9;
    }

    @Override
    protected boolean keepsXattrs() {
        return true;
    }

    @Override
    public FileSource content() {
        return pages.asSource();
    }

    @Override
    public Mappable mappable() {
        return pages;
    }

    @Override
    public void checkMap(boolean shared, boolean writable) throws ErrnoException {
        if (shared && writable && has(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) throw EPERM.exception();
    }

    private boolean has(int anyOf) {
        return (seals & anyOf) != 0;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        long n = pages.read(to, at, length, offset);
        accessed(caller);
        return n;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws ErrnoException {
        if (length == 0) return 0;
        try (var _ = lock.hold()) {
            long start = offset == APPEND ? pages.size() : offset;
            long allowed = allowedLocked(caller, start, length);
            dropPrivilegesLocked(caller);
            long n = pages.write(from, at, allowed, start);
            modifiedLocked(caller.realtimeClock().now());
            return n;
        }
    }

    /** How much of a write may happen, by seals and RLIMIT_FSIZE. */
    private long allowedLocked(Caller caller, long start, long length) throws ErrnoException {
        if (has(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) throw EPERM.exception();
        long allowed = length;
        if (has(F_SEAL_GROW) && start + length > pages.size()) {
            allowed = pages.size() - start;
            if (allowed <= 0) throw EPERM.exception();
        }
        long limit = caller.limits().soft(RLIMIT_FSIZE);
        if (limit < 0 || start + length <= limit) return allowed;
        if (start >= limit) throw EFBIG.exception();
        return Math.min(allowed, limit - start);
    }

    @Override
    protected void resizeLocked(long newSize) throws ErrnoException {
        long now = pages.size();
        if (newSize < now && has(F_SEAL_SHRINK)) throw EPERM.exception();
        if (newSize > now && has(F_SEAL_GROW)) throw EPERM.exception();
        pages.resize(newSize);
    }

    @Override
    public void fallocate(Caller caller, int mode, long offset, long length) throws ErrnoException {
        if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) != 0) {
            throw EOPNOTSUPP.exception();
        }
        try (var _ = lock.hold()) {
            if ((mode & FALLOC_FL_PUNCH_HOLE) != 0) {
                if ((mode & FALLOC_FL_KEEP_SIZE) == 0) throw EOPNOTSUPP.exception();
                if (has(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) throw EPERM.exception();
                pages.punch(offset, length);
            } else {
                if (has(F_SEAL_GROW) && offset + length > pages.size()) throw EPERM.exception();
                pages.allocate(offset, length, (mode & FALLOC_FL_KEEP_SIZE) != 0);
            }
            modifiedLocked(caller.realtimeClock().now());
        }
    }

    @Override
    public long seekDataOrHole(long offset, boolean data) throws ErrnoException {
        return pages.seek(offset, data);
    }

    @Override
    public int seals() {
        return seals;
    }

    @Override
    public void addSeals(int more) throws ErrnoException {
        if ((more & ~SEALS) != 0) throw EINVAL.exception();
        try (var _ = lock.hold()) {
            if (has(F_SEAL_SEAL)) throw EPERM.exception();
            if ((more & F_SEAL_WRITE) != 0 && !has(F_SEAL_WRITE)) pages.checkNotMappedWritable();
            seals |= more;
        }
    }

    @Override
    protected void evict() {
        pages.drop();
    }
}
