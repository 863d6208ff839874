package stasis.kernel.fs.overlay;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.tmpfs.MemoryDirectory;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.NewInode;
import stasis.state.Saved;

/** A directory that shows what its lower counterpart had, and what became of it since. */
@Saved("overlay.OverlayDirectory")
public final class OverlayDirectory extends MemoryDirectory {
    /** Null for a directory of ours. Never changes. */
    private @Nullable Inode lower;

    /** Every name of {@link #lower} has its entry, unless it was removed. Guarded by VFS lock. */
    private boolean complete;

    private OverlayDirectory() {}

    OverlayDirectory(Overlay filesystem, long ino, NewInode what, @Nullable Inode lower) {
        super(filesystem, ino, what);
        this.lower = lower;
        this.complete = lower == null;
    }

    private Overlay overlay() {
        return (Overlay) filesystem();
    }

    /** Like Linux's overlayfs, a merged directory does not count its subdirectories. */
    @Override
    public InodeStat stat() throws ErrnoException {
        InodeStat s = super.stat();
        return lower == null ? s : s.withLinks(isRemoved() ? 0 : 1);
    }

    @Override
    protected void loadNames(Caller caller) throws ErrnoException {
        Inode below = lower;
        if (complete || below == null) return;
        below.readDirectory(
                caller,
                0,
                (name, ino, mode, _) -> {
                    if (!hasEntry(name)) putName(name, ino, mode);
                    return true;
                });
        complete = true;
    }

    @Override
    protected @Nullable Inode load(Caller caller, String name) throws ErrnoException {
        Inode below = lower;
        if (below == null || (complete && !hasEntry(name))) return null;
        Inode found = below.lookup(caller, name);
        return found == null ? null : overlay().over(caller, found);
    }
}
