package stasis.kernel.vfs;

import static stasis.abi.Capability.CAP_DAC_READ_SEARCH;
import static stasis.abi.Capability.CAP_MKNOD;
import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISDIR;
import static stasis.abi.Errno.ENAMETOOLONG;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.ENOTEMPTY;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.EXDEV;
import static stasis.abi.Fcntl.W_OK;
import static stasis.abi.Fcntl.X_OK;
import static stasis.abi.StatMode.S_IFBLK;
import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFIFO;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_IFREG;
import static stasis.abi.StatMode.S_IFSOCK;
import static stasis.abi.StatMode.S_ISGID;
import static stasis.abi.StatMode.S_ISVTX;
import static stasis.abi.StatMode.S_IXGRP;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Limits;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;

/** Names that come and go, for one caller: mkdir(2), mknod(2), symlink(2), link(2), unlink(2). */
public final class NameChanges {
    private final Vfs vfs;
    private final Caller caller;
    private final FsContext fs;

    NameChanges(Vfs vfs, Caller caller, FsContext fs) {
        this.vfs = vfs;
        this.caller = caller;
        this.fs = fs;
    }

    private Walked walk(Path base, String path) throws ErrnoException {
        return vfs.walkLocked(caller, fs, base, path, PathWalk.Last.NAME);
    }

    // ---- creating ----

    public void mkdir(Path base, String path, int mode) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            createLocked(walk(base, path), S_IFDIR | (mode & 01777), 0, "");
        }
    }

    /**
     * mknod(2).
     *
     * @param mode with its type; type 0 means a regular file
     */
    public Path mknod(Path base, String path, int mode, long rdev) throws ErrnoException {
        int type = (mode & S_IFMT) == 0 ? S_IFREG : mode & S_IFMT;
        boolean isDevice = type == S_IFCHR || type == S_IFBLK;
        switch (type) {
            case S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK -> {}
            case S_IFDIR -> throw EPERM.exception();
            default -> throw EINVAL.exception();
        }
        if (isDevice && !caller.credentials().has(CAP_MKNOD)) throw EPERM.exception();
        try (var _ = vfs.lock().hold()) {
            Walked at = walk(base, path);
            return createLocked(at, type | (mode & 07777), isDevice ? rdev : 0, "");
        }
    }

    public void symlink(String target, Path base, String path) throws ErrnoException {
        if (target.isEmpty()) throw ENOENT.exception();
        if (target.length() >= Limits.PATH_MAX) throw ENAMETOOLONG.exception();
        try (var _ = vfs.lock().hold()) {
            createLocked(walk(base, path), S_IFLNK | 0777, 0, target);
        }
    }

    private Path createLocked(Walked at, int mode, long rdev, String target) throws ErrnoException {
        checkFree(at, (mode & S_IFMT) == S_IFDIR);
        NewInode what = newInode(at.parent(), mode, rdev, target);
        Inode made = at.parent().inode().make(caller, at.name(), what);
        return new Path(at.parent().mount(), at.parent().dentry().add(at.name(), made));
    }

    /** EEXIST, or whatever else keeps the name from being made. */
    private void checkFree(Walked at, boolean directory) throws ErrnoException {
        if (at.path() != null) throw EEXIST.exception();
        if (at.slash() && !directory) throw ENOENT.exception();
        checkMayCreate(at.parent());
    }

    /** Precondition: {@code directory} is one. */
    void checkMayCreate(Path directory) throws ErrnoException {
        directory.mount().checkWritable();
        if (directory.dentry().unlinked()) throw ENOENT.exception();
        directory.inode().checkAccess(caller.credentials(), W_OK | X_OK);
    }

    /** Like Linux's inode_init_owner: umask, and what set-group-id directories hand down. */
    NewInode newInode(Path parent, int mode, long rdev, String target) {
        Credentials who = caller.credentials();
        int type = mode & S_IFMT;
        int bits = type == S_IFLNK ? mode : mode & ~fs.umask();
        int gid = who.fsgid();
        if ((parent.inode().mode() & S_ISGID) != 0) {
            gid = parent.inode().gid();
            if (type == S_IFDIR) {
                bits |= S_ISGID;
            } else if ((bits & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)
                    && !who.inGroup(gid)
                    && !who.has(Capability.CAP_FSETID)) {
                bits &= ~S_ISGID;
            }
        }
        return new NewInode(bits, who.fsuid(), gid, rdev, target, caller.realtimeClock().now());
    }

    /** link(2): another name for {@code old}. */
    public void link(Path old, Path base, String path) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            Walked at = walk(base, path);
            checkFree(at, false);
            Inode inode = old.inode();
            if (old.mount().filesystem() != at.parent().mount().filesystem()
                    || old.mount() != at.parent().mount()) {
                throw EXDEV.exception();
            }
            if (inode.isDirectory()) throw EPERM.exception();
            at.parent().inode().link(caller, at.name(), inode);
            at.parent().dentry().add(at.name(), inode);
        }
    }

    /** linkat(2) with AT_EMPTY_PATH needs a right of its own. */
    public void checkLinkByDescriptor() throws ErrnoException {
        if (!caller.credentials().has(CAP_DAC_READ_SEARCH)) throw ENOENT.exception();
    }

    // ---- removing ----

    public void unlink(Path base, String path) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            Walked at = walk(base, path);
            if (!at.hasName()) throw EISDIR.exception();
            Path victim = at.required();
            checkMayRemove(at.parent(), victim);
            if (victim.isDirectory()) throw EISDIR.exception();
            if (at.slash()) throw ENOTDIR.exception();
            checkNotMounted(at, victim);
            at.parent().inode().unlink(caller, at.name(), victim.inode());
            at.parent().dentry().forget(at.name());
            victim.inode().dropIfUnlinked();
        }
    }

    public void rmdir(Path base, String path) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            Walked at = walk(base, path);
            if (!at.hasName()) throw noNameToRemove(path).exception();
            Path victim = at.required();
            checkMayRemove(at.parent(), victim);
            if (!victim.isDirectory()) throw ENOTDIR.exception();
            checkNotMounted(at, victim);
            at.parent().inode().rmdir(caller, at.name(), victim.inode());
            at.parent().dentry().forget(at.name());
        }
    }

    private static Errno noNameToRemove(String path) {
        String end = path.replaceAll("/+$", "");
        if (end.isEmpty()) return EBUSY;
        return end.endsWith("..") ? ENOTEMPTY : EINVAL;
    }

    /** Write permission on the directory, and the rule of the sticky bit. */
    private void checkMayRemove(Path directory, Path victim) throws ErrnoException {
        directory.mount().checkWritable();
        Inode dir = directory.inode();
        Credentials who = caller.credentials();
        dir.checkAccess(who, W_OK | X_OK);
        if ((dir.mode() & S_ISVTX) == 0) return;
        if (who.fsuid() == dir.uid() || who.owns(victim.inode().uid())) return;
        throw EPERM.exception();
    }

    private static void checkNotMounted(Walked at, Path victim) throws ErrnoException {
        if (victim.mount() != at.parent().mount() || victim.dentry().isMountPoint()) {
            throw EBUSY.exception();
        }
    }

    // ---- renaming ----

    /** renameat2(2). */
    public void rename(
            Path oldBase,
            String oldPath,
            Path newBase,
            String newPath,
            boolean noReplace,
            boolean exchange)
            throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            Walked from = walk(oldBase, oldPath);
            Walked to = walk(newBase, newPath);
            if (!from.hasName()) throw EBUSY.exception();
            if (!to.hasName()) throw (noReplace ? EEXIST : EBUSY).exception();
            renameLocked(from, to, noReplace, exchange);
        }
    }

    private void renameLocked(Walked from, Walked to, boolean noReplace, boolean exchange)
            throws ErrnoException {
        if (from.parent().mount() != to.parent().mount()) throw EXDEV.exception();
        Path old = from.required();
        Path replaced = to.path();
        if (replaced != null && noReplace) throw EEXIST.exception();
        if (replaced == null && exchange) throw ENOENT.exception();
        checkSlashes(from, to, old, exchange);
        checkNotAncestor(from, to, old, replaced, exchange);
        checkRenameRights(from, to, old, replaced, exchange);
        if (replaced != null && replaced.inode() == old.inode()) return;
        Renaming renaming =
                new Renaming(
                        from.name(),
                        old.inode(),
                        to.parent().inode(),
                        to.name(),
                        replaced == null ? null : replaced.inode(),
                        exchange);
        from.parent().inode().rename(caller, renaming);
        if (exchange && replaced != null) {
            old.dentry().exchangeWith(replaced.dentry());
            return;
        }
        old.dentry().moveTo(to.parent().dentry(), to.name());
        if (replaced != null) replaced.inode().dropIfUnlinked();
    }

    private static void checkSlashes(Walked from, Walked to, Path old, boolean exchange)
            throws ErrnoException {
        if (from.slash() && !old.isDirectory()) throw ENOTDIR.exception();
        if (to.slash() && !exchange && !old.isDirectory()) throw ENOTDIR.exception();
    }

    /** Like Linux's lock_rename: a directory must not end up below itself. */
    private static void checkNotAncestor(
            Walked from, Walked to, Path old, @Nullable Path replaced, boolean exchange)
            throws ErrnoException {
        if (to.parent().dentry().isWithin(old.dentry())) throw EINVAL.exception();
        if (replaced != null && from.parent().dentry().isWithin(replaced.dentry())) {
            throw (exchange ? EINVAL : ENOTEMPTY).exception();
        }
    }

    private void checkRenameRights(
            Walked from, Walked to, Path old, @Nullable Path replaced, boolean exchange)
            throws ErrnoException {
        checkMayRemove(from.parent(), old);
        checkNotMounted(from, old);
        if (replaced == null) {
            checkMayCreate(to.parent());
        } else {
            checkMayRemove(to.parent(), replaced);
            checkNotMounted(to, replaced);
            if (!exchange && old.isDirectory() && !replaced.isDirectory()) {
                throw ENOTDIR.exception();
            }
            if (!exchange && !old.isDirectory() && replaced.isDirectory()) {
                throw EISDIR.exception();
            }
        }
        if (from.parent().inode() == to.parent().inode()) return;
        if (old.isDirectory()) old.inode().checkAccess(caller.credentials(), W_OK);
        if (exchange && replaced != null && replaced.isDirectory()) {
            replaced.inode().checkAccess(caller.credentials(), W_OK);
        }
    }
}
