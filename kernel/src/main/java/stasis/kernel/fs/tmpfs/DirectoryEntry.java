package stasis.kernel.fs.tmpfs;

import org.jspecify.annotations.Nullable;

import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

/** One name in a {@link MemoryDirectory}. Guarded by the VFS lock. */
@Saved("tmpfs.DirectoryEntry")
final class DirectoryEntry {
    private String name;

    /** Place in the listing. Never used again after the entry is gone. */
    private long cookie;

    /** Null if the file lies in a lower layer and was not looked at yet. */
    private @Nullable Inode inode;

    /** For a listing, while {@link #inode} is null. */
    private long lowerIno;

    private int lowerMode;

    @SuppressWarnings("NullAway.Init")
    private DirectoryEntry() {}

    DirectoryEntry(String name, long cookie, Inode inode) {
        this.name = name;
        this.cookie = cookie;
        this.inode = inode;
    }

    DirectoryEntry(String name, long cookie, long lowerIno, int lowerMode) {
        this.name = name;
        this.cookie = cookie;
        this.lowerIno = lowerIno;
        this.lowerMode = lowerMode;
    }

    String name() {
        return name;
    }

    long cookie() {
        return cookie;
    }

    @Nullable Inode inode() {
        return inode;
    }

    void setInode(Inode found) {
        inode = found;
    }

    long ino() {
        return inode == null ? lowerIno : inode.ino();
    }

    int mode() {
        return inode == null ? lowerMode : inode.mode();
    }
}
