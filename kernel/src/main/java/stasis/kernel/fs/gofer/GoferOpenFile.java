package stasis.kernel.fs.gofer;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.gofer.client.GoferFile;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;

/** A regular file of the host, open. */
@Saved("gofer.GoferOpenFile")
final class GoferOpenFile implements FileImpl {
    private GoferInode inode;

    /** O_RDONLY or O_RDWR. */
    private int flags;

    @NotSaved("opened again when first used")
    private final AtomicReference<@Nullable GoferFile> file = new AtomicReference<>();

    @SuppressWarnings("NullAway.Init")
    private GoferOpenFile() {}

    GoferOpenFile(GoferInode inode, int flags, GoferFile file) {
        this.inode = inode;
        this.flags = flags;
        this.file.set(file);
    }

    /** Of two threads that open it again, the second gives its own up. */
    private GoferFile file() throws ErrnoException {
        GoferFile known = file.get();
        if (known != null) return known;
        GoferFile opened = inode.reopen(flags);
        GoferFile first = file.compareAndExchange(null, opened);
        if (first == null) return opened;
        opened.close();
        return first;
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
    public void release(Caller caller) {
        GoferFile last = file.getAndSet(null);
        if (last != null) last.close();
    }
}
