package stasis.kernel.fs.proc;

import static stasis.abi.Errno.E2BIG;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** An open {@link TextInode}: reads go on in the text that the read of its start has seen. */
@Saved("proc.TextFile")
final class TextFile implements FileImpl {
    private static final int MAX_WRITE = 4096;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    private TextInode inode;

    /** Guarded by {@link #lock}. */
    private byte[] seen = {};

    /** {@link #seen} was made. Guarded by {@link #lock}. */
    private boolean made;

    @SuppressWarnings("NullAway.Init")
    private TextFile() {}

    TextFile(TextInode inode) {
        this.inode = inode;
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
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        byte[] text = textFor(caller, offset);
        long n = Math.clamp(text.length - offset, 0, length);
        if (n > 0) MemorySegment.copy(MemorySegment.ofArray(text), offset, to, at, n);
        return n;
    }

    private byte[] textFor(Caller caller, long offset) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (made && offset > 0) return seen;
        }
        byte[] fresh = inode.text(caller).getBytes(StandardCharsets.ISO_8859_1);
        try (var _ = lock.hold()) {
            seen = fresh;
            made = true;
        }
        return fresh;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws ErrnoException {
        if (length > MAX_WRITE) throw E2BIG.exception();
        byte[] bytes = from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        inode.written(caller, new String(bytes, StandardCharsets.ISO_8859_1));
        return length;
    }
}
