package stasis.kernel.vfs;

import static stasis.abi.Errno.EROFS;
import static stasis.abi.Mount.MS_NOATIME;
import static stasis.abi.Mount.MS_NODEV;
import static stasis.abi.Mount.MS_NODIRATIME;
import static stasis.abi.Mount.MS_NOEXEC;
import static stasis.abi.Mount.MS_NOSUID;
import static stasis.abi.Mount.MS_RDONLY;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** A file system, or a part of one, at a place in a mount namespace. Guarded by the VFS lock. */
@Saved("vfs.Mount")
public final class Mount {
    /** The flags of mount(2) that belong to a mount rather than to its file system. */
    public static final int FLAGS =
            MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME;

    /** As in /proc/pid/mountinfo. */
    private int id;

    /** Where it is mounted; null for the root of a namespace and after umount(2). */
    private @Nullable Path at;

    private Filesystem filesystem;

    /** Its top: that of the file system, or lower for a bind mount. */
    private Dentry root;

    private volatile int flags;

    /** First column of /proc/mounts. */
    private String source;

    private List<Mount> children = new ArrayList<>(0);

    private @Nullable MountNamespace namespace;

    @SuppressWarnings("NullAway.Init")
    private Mount() {}

    Mount(int id, Filesystem filesystem, Dentry root, int flags, String source) {
        this.id = id;
        this.filesystem = filesystem;
        this.root = root;
        this.flags = flags & FLAGS;
        this.source = source;
    }

    public int id() {
        return id;
    }

    public @Nullable Path at() {
        return at;
    }

    public Filesystem filesystem() {
        return filesystem;
    }

    public Dentry root() {
        return root;
    }

    public int flags() {
        return flags;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    void setFlags(int newFlags) {
        flags = newFlags & FLAGS;
    }

    public String source() {
        return source;
    }

    List<Mount> children() {
        return children;
    }

    /** Null once it is detached. */
    public @Nullable MountNamespace namespace() {
        return namespace;
    }

    void enter(@Nullable MountNamespace where) {
        namespace = where;
    }

    void attach(Path where) {
        at = where;
        where.dentry().mountAdded();
        where.mount().children.add(this);
        namespace = where.mount().namespace;
    }

    void detach() {
        Path where = at;
        if (where != null) {
            where.dentry().mountRemoved();
            where.mount().children.remove(this);
        }
        at = null;
        namespace = null;
    }

    /** What was mounted last on {@code dentry} of this mount, or null. */
    @Nullable Mount mountedOn(Dentry dentry) {
        for (int i = children.size() - 1; i >= 0; i--) {
            Path where = children.get(i).at;
            if (where != null && where.dentry() == dentry) return children.get(i);
        }
        return null;
    }

    /** EROFS if nothing may change through this mount. */
    public void checkWritable() throws ErrnoException {
        if (has(MS_RDONLY)) throw EROFS.exception();
    }
}
