package stasis.kernel.vfs;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

/** Root, working directory and umask of a process; CLONE_FS shares it. */
@Saved("vfs.FsContext")
public final class FsContext {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FD_TABLE);

    /** Guarded by {@link #lock}. */
    private Path root;

    /** Guarded by {@link #lock}. */
    private Path cwd;

    /** Guarded by {@link #lock}. */
    private int umask;

    /** Tasks that share it. Guarded by {@link #lock}. */
    private int users = 1;

    @SuppressWarnings("NullAway.Init")
    private FsContext() {}

    public FsContext(Path root, Path cwd, int umask) {
        this.root = root;
        this.cwd = cwd;
        this.umask = umask & 0777;
    }

    public Path root() {
        try (var _ = lock.hold()) {
            return root;
        }
    }

    public Path cwd() {
        try (var _ = lock.hold()) {
            return cwd;
        }
    }

    public int umask() {
        try (var _ = lock.hold()) {
            return umask;
        }
    }

    /** umask(2): returns the one before. */
    public int setUmask(int mask) {
        try (var _ = lock.hold()) {
            int old = umask;
            umask = mask & 0777;
            return old;
        }
    }

    public void setCwd(Path path) {
        try (var _ = lock.hold()) {
            cwd = path;
        }
    }

    public void setRoot(Path path) {
        try (var _ = lock.hold()) {
            root = path;
        }
    }

    /** fork(2). */
    public FsContext copy() {
        try (var _ = lock.hold()) {
            return new FsContext(root, cwd, umask);
        }
    }

    /** clone(2) with CLONE_FS. */
    public FsContext share() {
        try (var _ = lock.hold()) {
            users++;
        }
        return this;
    }

    public boolean shared() {
        try (var _ = lock.hold()) {
            return users > 1;
        }
    }

    /** A task that used it is gone, or has unshared it. */
    public void leave() {
        try (var _ = lock.hold()) {
            users--;
        }
    }
}
