package stasis.kernel.vfs;

import static stasis.abi.Capability.CAP_FSETID;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_ISGID;
import static stasis.abi.StatMode.S_ISUID;
import static stasis.abi.StatMode.S_IXGRP;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.state.SavedKind;

import java.util.List;
import java.util.TreeMap;

/** An inode that keeps its attributes itself. */
@SavedKind
public abstract class PlainInode extends Inode {
    private static final long DAY_NANOS = 24L * 3600 * 1_000_000_000;

    /** Never changes. */
    private long ino;

    /** Guarded by {@link #lock} for changes, like all that follow. */
    private int mode;

    private int uid;
    private int gid;
    private int links;

    /** Never changes. */
    private long rdev;

    private long atime;
    private long mtime;
    private long ctime;

    /** Never changes. */
    private long btime;

    /** Extended attributes by name; null until there is one. */
    private @Nullable TreeMap<String, byte[]> xattrs;

    protected PlainInode() {}

    /** With one link; times are {@code what.now()}. */
    protected PlainInode(Filesystem filesystem, long ino, NewInode what) {
        super(filesystem);
        this.ino = ino;
        this.mode = what.mode();
        this.uid = what.uid();
        this.gid = what.gid();
        this.rdev = what.rdev();
        this.links = 1;
        this.atime = what.now();
        this.mtime = what.now();
        this.ctime = what.now();
        this.btime = what.now();
    }

    @Override
    public InodeStat stat() throws ErrnoException {
        try (var _ = lock.hold()) {
            return new InodeStat(
                    filesystem().device(),
                    ino,
                    mode(),
                    links,
                    uid(),
                    gid(),
                    rdev,
                    size(),
                    (int) Pages.SIZE,
                    blocks(),
                    atime,
                    mtime,
                    ctime,
                    btime);
        }
    }

    /** {@code st_size}; may be called with the lock held. */
    protected long size() {
        return 0;
    }

    /** Allocated blocks of 512 bytes; may be called with the lock held. */
    protected long blocks() {
        return 0;
    }

    @Override
    public int mode() {
        return mode;
    }

    @Override
    public int uid() {
        return uid;
    }

    @Override
    public int gid() {
        return gid;
    }

    @Override
    public final long ino() {
        return ino;
    }

    public final long rdev() {
        return rdev;
    }

    @Override
    protected final int linksLocked() {
        return links;
    }

    /** One name more or less. */
    public final void addLinks(int change, long now) {
        try (var _ = lock.hold()) {
            links += change;
            ctime = now;
        }
    }

    public final int links() {
        try (var _ = lock.hold()) {
            return links;
        }
    }

    /** Takes the times of a file that this one stands for. */
    public final void takeTimes(InodeStat other) {
        try (var _ = lock.hold()) {
            atime = other.atime();
            mtime = other.mtime();
            ctime = other.ctime();
            btime = other.btime();
        }
    }

    @Override
    public void setAttributes(Caller caller, AttributeChange change) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (change.has(AttributeChange.SIZE)) {
                resizeLocked(change.size());
                mtime = change.now();
            }
            if (change.has(AttributeChange.MODE)) {
                mode = (mode & S_IFMT) | (change.mode() & ~S_IFMT);
            }
            if (change.has(AttributeChange.UID)) uid = change.uid();
            if (change.has(AttributeChange.GID)) gid = change.gid();
            if (change.has(AttributeChange.ATIME)) atime = change.atime();
            if (change.has(AttributeChange.MTIME)) mtime = change.mtime();
            ctime = change.now();
        }
    }

    /** truncate(2). */
    protected void resizeLocked(long newSize) throws ErrnoException {
        throw EINVAL.exception();
    }

    /** True for file systems that keep extended attributes. */
    protected boolean keepsXattrs() {
        return false;
    }

    @Override
    public byte @Nullable [] xattr(String name) throws ErrnoException {
        if (!keepsXattrs()) throw EOPNOTSUPP.exception();
        try (var _ = lock.hold()) {
            return xattrs == null ? null : xattrs.get(name);
        }
    }

    @Override
    public void setXattr(Caller caller, String name, byte @Nullable [] value)
            throws ErrnoException {
        if (!keepsXattrs()) throw EOPNOTSUPP.exception();
        try (var _ = lock.hold()) {
            if (xattrs == null) xattrs = new TreeMap<>();
            if (value == null) xattrs.remove(name);
            else xattrs.put(name, value.clone());
            ctime = caller.realtimeClock().now();
        }
    }

    @Override
    public List<String> xattrNames() {
        try (var _ = lock.hold()) {
            return xattrs == null ? List.of() : List.copyOf(xattrs.keySet());
        }
    }

    /** Like Linux's relatime: only if older than the last change, or than a day. */
    @Override
    public void accessed(Caller caller) {
        long now = caller.realtimeClock().now();
        if (atime > mtime && atime > ctime && now - atime < DAY_NANOS) return;
        try (var _ = lock.hold()) {
            atime = now;
        }
    }

    /** Entries or content changed. */
    public final void modified(long now) {
        try (var _ = lock.hold()) {
            modifiedLocked(now);
        }
    }

    protected final void modifiedLocked(long now) {
        mtime = now;
        ctime = now;
    }

    /** A write by somebody without CAP_FSETID takes set-id bits away, {@code fs/inode.c}. */
    protected final void dropPrivilegesLocked(Caller caller) {
        int gone = mode & S_ISUID;
        if ((mode & S_IXGRP) != 0) gone |= mode & S_ISGID;
        if (gone != 0 && !caller.credentials().has(CAP_FSETID)) mode &= ~gone;
    }
}
