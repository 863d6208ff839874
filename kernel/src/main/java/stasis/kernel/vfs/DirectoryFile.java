package stasis.kernel.vfs;

import static stasis.abi.Errno.EISDIR;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** An open directory. The position of its description is the cookie of getdents(2). */
@Saved("vfs.DirectoryFile")
public final class DirectoryFile implements FileImpl {
    /** Cookies 1 and 2 follow "." and ".."; what the inode counts comes after. */
    private static final long DOTS = 2;

    private Inode inode;

    @SuppressWarnings("NullAway.Init")
    private DirectoryFile() {}

    public DirectoryFile(Inode inode) {
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
            throws SyscallException {
        throw EISDIR.exception();
    }

    /** All entries after {@code cookie}. Precondition: the VFS lock is held. */
    void list(Caller caller, Path path, long cookie, DirectorySink sink) throws ErrnoException {
        if (cookie < 1 && !sink.entry(".", inode.ino(), inode.mode(), 1)) return;
        if (cookie < DOTS) {
            Dentry parent = path.dentry().parent();
            Inode up = parent == null ? inode : parent.inode();
            if (!sink.entry("..", up.ino(), up.mode(), DOTS)) return;
        }
        inode.readDirectory(
                caller,
                Math.max(0, cookie - DOTS),
                (name, ino, mode, next) -> sink.entry(name, ino, mode, next + DOTS));
    }
}
