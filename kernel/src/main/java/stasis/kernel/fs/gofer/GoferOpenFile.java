package stasis.kernel.fs.gofer;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import stasis.abi.ErrnoException;
import stasis.gofer.client.GoferFile;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.NotSaved;
import stasis.state.Saved;

/** A regular file of the host, open. */
@Saved("gofer.GoferOpenFile")
final class GoferOpenFile implements FileImpl {
    private GoferInode inode;

    /** O_RDONLY or O_RDWR. */
    private int flags;

    @NotSaved("opened again when first used")
    private @Nullable GoferFile file;

    @SuppressWarnings("NullAway.Init")
    private GoferOpenFile() {}

    GoferOpenFile(GoferInode inode, int flags, GoferFile file) {
        this.inode = inode;
        this.flags = flags;
        this.file = file;
    }

    private synchronized GoferFile file() throws ErrnoException {
        GoferFile f = file;
        if (f == null) file = f = inode.reopen(flags);
        return f;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public long size() throws ErrnoException {
        return inode.stat().size();
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        GoferPages mapped = inode.pagesIfAny();
        if (mapped != null) return mapped.read(to, at, length, offset);
        return file().read(to, at, length, offset);
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws ErrnoException {
        long start = offset == APPEND ? size() : offset;
        long n = file().write(from, at, length, start);
        GoferPages mapped = inode.pagesIfAny();
        if (mapped != null) mapped.written(from, at, n, start);
        inode.changed();
        return n;
    }

    @Override
    public @Nullable Mappable mappable() {
        try {
            return inode.pages();
        } catch (ErrnoException e) {
            return null;
        }
    }

    @Override
    public synchronized void release(Caller caller) {
        if (file != null) file.close();
        file = null;
    }
}
