package stasis.kernel.vfs;

import static stasis.abi.Capability.CAP_CHOWN;
import static stasis.abi.Capability.CAP_FSETID;
import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EFBIG;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISDIR;
import static stasis.abi.Errno.ENODATA;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.R_OK;
import static stasis.abi.Fcntl.W_OK;
import static stasis.abi.Resource.RLIMIT_FSIZE;
import static stasis.abi.StatMode.S_ISGID;
import static stasis.abi.StatMode.S_ISUID;
import static stasis.abi.StatMode.S_IXGRP;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;

import java.util.ArrayList;
import java.util.List;

/** Who may change which attribute, for one caller: chmod(2), chown(2), utimensat(2), xattr(7). */
public final class AttributeRules {
    /** As an id of chown(2): leave it. */
    public static final int KEEP = -1;

    private final Caller caller;

    AttributeRules(Caller caller) {
        this.caller = caller;
    }

    private AttributeChange change() {
        return AttributeChange.at(caller.realtimeClock().now());
    }

    public void chmod(Mount mount, Inode inode, int mode) throws ErrnoException {
        mount.checkWritable();
        Credentials who = caller.credentials();
        if (inode.isSymlink()) throw EOPNOTSUPP.exception();
        if (!who.owns(inode.uid())) throw EPERM.exception();
        int bits = mode & 07777;
        if (!who.inGroup(inode.gid()) && !who.has(CAP_FSETID)) bits &= ~S_ISGID;
        inode.setAttributes(caller, change().withMode(bits));
    }

    /** Either id may be {@link #KEEP}. */
    public void chown(Mount mount, Inode inode, int uid, int gid) throws ErrnoException {
        mount.checkWritable();
        Credentials who = caller.credentials();
        AttributeChange change = change();
        boolean owner = who.fsuid() == inode.uid();
        if (uid != KEEP) {
            boolean allowed = owner && uid == inode.uid();
            if (!allowed && !who.has(CAP_CHOWN)) throw EPERM.exception();
            change = change.withUid(uid);
        }
        if (gid != KEEP) {
            boolean allowed = owner && (gid == inode.gid() || who.inGroup(gid));
            if (!allowed && !who.has(CAP_CHOWN)) throw EPERM.exception();
            change = change.withGid(gid);
        }
        int mode = inode.mode();
        int gone = mode & S_ISUID;
        if ((mode & S_IXGRP) != 0) gone |= mode & S_ISGID;
        if (gone != 0 && !inode.isDirectory()) change = change.withMode(mode & ~gone);
        inode.setAttributes(caller, change);
    }

    /**
     * utimensat(2); a time is {@link Long#MIN_VALUE} to leave it.
     *
     * @param now both times are the present one, which asks for less
     */
    public void utimes(Mount mount, Inode inode, long atime, long mtime, boolean now)
            throws ErrnoException {
        mount.checkWritable();
        Credentials who = caller.credentials();
        if (!who.owns(inode.uid())) {
            if (!now) throw EPERM.exception();
            inode.checkAccess(who, W_OK);
        }
        AttributeChange change = change();
        if (atime != Long.MIN_VALUE) change = change.withAtime(now ? change.now() : atime);
        if (mtime != Long.MIN_VALUE) change = change.withMtime(now ? change.now() : mtime);
        inode.setAttributes(caller, change);
    }

    /** truncate(2). */
    public void truncate(Path path, long size) throws ErrnoException {
        Inode inode = path.inode();
        if (inode.isDirectory()) throw EISDIR.exception();
        if (!inode.isRegular() || size < 0) throw EINVAL.exception();
        path.mount().checkWritable();
        inode.checkAccess(caller.credentials(), W_OK);
        resize(inode, size);
    }

    /** ftruncate(2). */
    public void truncate(FileDescription file, long size) throws ErrnoException {
        Inode inode = file.inode();
        if (!file.writable() || !inode.isRegular() || size < 0) throw EINVAL.exception();
        resize(inode, size);
    }

    private void resize(Inode inode, long size) throws ErrnoException {
        long limit = caller.limits().soft(RLIMIT_FSIZE);
        if (limit >= 0 && size > limit) throw EFBIG.exception();
        inode.setAttributes(caller, change().withSize(size));
    }

    // ---- extended attributes, xattr(7) ----

    private void checkXattr(Inode inode, String name, boolean write) throws ErrnoException {
        Credentials who = caller.credentials();
        if (name.startsWith("user.")) {
            Errno wrongType = write ? EPERM : ENODATA;
            if (!inode.isRegular() && !inode.isDirectory()) throw wrongType.exception();
            inode.checkAccess(who, write ? W_OK : R_OK);
        } else if (name.startsWith("trusted.")) {
            if (!who.has(CAP_SYS_ADMIN)) throw (write ? EPERM : ENODATA).exception();
        } else if (name.startsWith("security.")) {
            if (write && !who.has(CAP_SYS_ADMIN)) throw EPERM.exception();
        } else {
            throw EOPNOTSUPP.exception();
        }
    }

    public byte[] getXattr(Inode inode, String name) throws ErrnoException {
        checkXattr(inode, name, false);
        byte[] value = inode.xattr(name);
        if (value == null) throw ENODATA.exception();
        return value;
    }

    /**
     * setxattr(2), or removexattr(2) if {@code value} is null.
     *
     * @param must EEXIST if it exists (XATTR_CREATE, true), ENODATA if it does not (false), or null
     */
    public void setXattr(
            Mount mount, Inode inode, String name, byte @Nullable [] value, @Nullable Boolean must)
            throws ErrnoException {
        mount.checkWritable();
        checkXattr(inode, name, true);
        boolean there = inode.xattr(name) != null;
        if (must != null && must && there) throw Errno.EEXIST.exception();
        if ((must != null && !must && !there) || (value == null && !there)) {
            throw ENODATA.exception();
        }
        inode.setXattr(caller, name, value);
    }

    /** Those that the caller may know of. */
    public List<String> listXattr(Inode inode) throws ErrnoException {
        List<String> names = new ArrayList<>(inode.xattrNames());
        if (!caller.credentials().has(CAP_SYS_ADMIN)) {
            names.removeIf(name -> name.startsWith("trusted."));
        }
        return names;
    }
}
