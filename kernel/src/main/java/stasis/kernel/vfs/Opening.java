package stasis.kernel.vfs;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISDIR;
import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.O_ACCMODE;
import static stasis.abi.Fcntl.O_CLOEXEC;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_DIRECTORY;
import static stasis.abi.Fcntl.O_EXCL;
import static stasis.abi.Fcntl.O_NOATIME;
import static stasis.abi.Fcntl.O_NOCTTY;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_TMPFILE;
import static stasis.abi.Fcntl.O_TRUNC;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Fcntl.R_OK;
import static stasis.abi.Fcntl.W_OK;
import static stasis.abi.Mount.MS_NODEV;
import static stasis.abi.StatMode.S_IFBLK;
import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFREG;
import static stasis.abi.StatMode.S_IFSOCK;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;

/** One open(2): finds or creates the file, checks, opens it. See {@code do_open} in fs/namei.c. */
final class Opening {
    /** Flags that do not outlive open(2), so that F_GETFL does not show them. */
    private static final int ONLY_FOR_OPEN = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC;

    /** {@code include/uapi/asm-generic/fcntl.h}: every file of a 64-bit program has it. */
    private static final int O_LARGEFILE = 0x8000;

    private final Vfs vfs;
    private final Caller caller;
    private final FsContext fs;
    private final int flags;
    private final OpenHow how;

    /** The file did not exist: its permissions do not bind who created it. */
    private boolean created;

    Opening(Vfs vfs, Caller caller, FsContext fs, OpenHow how) {
        this.vfs = vfs;
        this.caller = caller;
        this.fs = fs;
        this.how = how;
        this.flags =
                how.has(O_PATH)
                        ? how.flags() & (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                        : how.flags();
    }

    private boolean has(int flag) {
        return (flags & flag) == flag;
    }

    FileDescription open(Path base, String path) throws SyscallException {
        if (has(O_TMPFILE) && accessWanted() == R_OK) throw EINVAL.exception();
        Path place;
        try (var _ = vfs.lock().hold()) {
            place = has(O_TMPFILE) ? unnamed(base, path) : find(base, path);
            checkType(place.inode());
            if (!created && !has(O_PATH)) checkRights(place);
            place.inode().opened();
        }
        try {
            if (has(O_PATH)) return describe(new PathFile(place.inode()), place);
            if (has(O_TRUNC) && !created && place.inode().isRegular()) truncate(place.inode());
            return describe(place.inode().open(caller, flags), place);
        } finally {
            place.inode().closed();
        }
    }

    private FileDescription describe(FileImpl impl, Path place) {
        int kept = flags & ~ONLY_FOR_OPEN;
        return new FileDescription(impl, has(O_PATH) ? kept : kept | O_LARGEFILE, place);
    }

    private void truncate(Inode inode) throws ErrnoException {
        long now = caller.realtimeClock().now();
        inode.setAttributes(caller, AttributeChange.at(now).withSize(0));
    }

    private Path find(Path base, String path) throws ErrnoException {
        boolean exclusive = has(O_CREAT | O_EXCL);
        boolean follow = !has(O_NOFOLLOW) && !exclusive;
        PathWalk walk = new PathWalk(caller, fs.root(), base, how.resolve());
        Walked found = walk.walk(path, follow ? PathWalk.Last.FOLLOW : PathWalk.Last.NOFOLLOW);
        if (found.path() == null) return create(found);
        if (exclusive) throw EEXIST.exception();
        return found.path();
    }

    private Path create(Walked found) throws ErrnoException {
        if (!has(O_CREAT)) throw ENOENT.exception();
        if (found.slash()) throw EISDIR.exception();
        NameChanges changes = vfs.changes(caller, fs);
        changes.checkMayCreate(found.parent());
        NewInode what = changes.newInode(found.parent(), S_IFREG | (how.mode() & 07777), 0, "");
        Inode made = found.parent().inode().make(caller, found.name(), what);
        created = true;
        Dentry dentry = found.parent().dentry().add(found.name(), made);
        return new Path(found.parent().mount(), dentry);
    }

    private Path unnamed(Path base, String path) throws ErrnoException {
        Path directory = vfs.walkLocked(caller, fs, base, path, PathWalk.Last.FOLLOW).required();
        if (!directory.isDirectory()) throw ENOTDIR.exception();
        NameChanges changes = vfs.changes(caller, fs);
        changes.checkMayCreate(directory);
        NewInode what = changes.newInode(directory, S_IFREG | (how.mode() & 07777), 0, "");
        Inode made = directory.inode().makeUnnamed(caller, what);
        created = true;
        return new Path(directory.mount(), Dentry.unnamed(directory.dentry(), made));
    }

    private void checkType(Inode inode) throws ErrnoException {
        if (has(O_DIRECTORY) && !has(O_TMPFILE) && !inode.isDirectory()) throw ENOTDIR.exception();
        if (has(O_PATH)) return;
        switch (inode.type()) {
            case S_IFLNK -> throw ELOOP.exception();
            case S_IFSOCK -> throw ENXIO.exception();
            case S_IFDIR -> {
                if ((accessWanted() & W_OK) != 0 || has(O_CREAT)) throw EISDIR.exception();
            }
            default -> {}
        }
    }

    private int accessWanted() {
        int wanted =
                switch (flags & O_ACCMODE) {
                    case O_RDONLY -> R_OK;
                    case O_WRONLY -> W_OK;
                    case O_RDWR -> R_OK | W_OK;
                    default -> R_OK | W_OK;
                };
        return has(O_TRUNC) ? wanted | W_OK : wanted;
    }

    private void checkRights(Path place) throws ErrnoException {
        Inode inode = place.inode();
        int type = inode.type();
        boolean isDevice = type == S_IFCHR || type == S_IFBLK;
        if (isDevice && place.mount().has(MS_NODEV)) throw EACCES.exception();
        int wanted = accessWanted();
        boolean onDisk = type == S_IFREG || type == S_IFDIR;
        if ((wanted & W_OK) != 0 && onDisk) place.mount().checkWritable();
        inode.checkAccess(caller.credentials(), wanted);
        if (has(O_NOATIME) && !caller.credentials().owns(inode.uid())) throw EPERM.exception();
    }
}
