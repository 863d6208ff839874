package stasis.kernel.fs.overlay;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.tmpfs.MemoryDirectory;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.NewInode;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.HashSet;
import java.util.Set;

/** A directory that shows what its lower counterpart had, and what became of it since. */
@Saved("overlay.OverlayDirectory")
public final class OverlayDirectory extends MemoryDirectory {
    /** So many names asked for in vain: the directory is read as a whole. */
    private static final int MANY_ABSENT = 8;

    /** Null for a directory of ours. Never changes. */
    private @Nullable Inode lower;

    /** Every name of {@link #lower} has its entry, unless it was removed. Guarded by VFS lock. */
    private boolean complete;

    /**
     * Names that {@link #lower} was asked for and does not have. Programs look for the same files
     * in vain again and again, and each question is a message. Guarded by VFS lock.
     */
    @NotSaved("asked again")
    private final Set<String> absent = new HashSet<>(0);

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
        absent.clear();
    }

    @Override
    protected @Nullable Inode load(Caller caller, String name) throws ErrnoException {
        Inode below = lower;
        if (below == null || (complete && !hasEntry(name)) || absent.contains(name)) return null;
        Inode found = below.lookup(caller, name);
        if (found != null) return overlay().over(caller, found);
        if (!hasEntry(name)) remember(caller, name);
        return null;
    }

    private void remember(Caller caller, String missing) {
        if (absent.size() >= MANY_ABSENT) return;
        absent.add(missing);
        if (absent.size() < MANY_ABSENT) return;
        try {
            loadNames(caller);
        } catch (ErrnoException e) {
            // It cannot be listed; then later names are asked for one by one.
        }
    }
}
