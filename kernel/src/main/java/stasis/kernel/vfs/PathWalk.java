package stasis.kernel.vfs;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENAMETOOLONG;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.EXDEV;
import static stasis.abi.Fcntl.RESOLVE_BENEATH;
import static stasis.abi.Fcntl.RESOLVE_CACHED;
import static stasis.abi.Fcntl.RESOLVE_IN_ROOT;
import static stasis.abi.Fcntl.RESOLVE_NO_MAGICLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_SYMLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_XDEV;
import static stasis.abi.Fcntl.X_OK;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.Limits;
import stasis.kernel.caller.Caller;

/**
 * path_resolution(7), one walk. Precondition: the VFS lock is held throughout.
 *
 * <p>What is still to be walked is a string; a symbolic link puts its text in front of it.
 */
final class PathWalk {
    /** What to do with a symbolic link at the end. */
    enum Last {
        FOLLOW,
        /** Stays at the link, unless slashes follow it. */
        NOFOLLOW,
        /** Stays at the link whatever follows: the name is to be created, removed or renamed. */
        NAME
    }

    /** Like Linux's MAXSYMLINKS. */
    private static final int MAX_LINKS = 40;

    private final Caller caller;
    private final Path root;
    private final Path base;
    private final int resolve;

    private Path at;
    private String rest = "";
    private int links;

    /**
     * @param root of the caller
     * @param base where relative paths start
     * @param resolve RESOLVE_* of openat2(2)
     */
    PathWalk(Caller caller, Path root, Path base, int resolve) {
        this.caller = caller;
        this.root = (resolve & RESOLVE_IN_ROOT) != 0 ? base : root;
        this.base = base;
        this.resolve = resolve;
        this.at = base;
    }

    private boolean has(int flag) {
        return (resolve & flag) != 0;
    }

    Walked walk(String path, Last mode) throws ErrnoException {
        if (path.isEmpty()) throw ENOENT.exception();
        if (path.length() >= Limits.PATH_MAX) throw ENAMETOOLONG.exception();
        if (has(RESOLVE_CACHED)) throw EAGAIN.exception();
        rest = path;
        if (path.charAt(0) == '/') toRoot();
        for (; ; ) {
            String name = nextName();
            if (name.isEmpty()) return new Walked(at, Walked.NO_NAME, at, false);
            boolean last = onlySlashes(rest);
            checkSearchable();
            if (name.equals(".")) continue;
            if (name.equals("..")) {
                up();
                continue;
            }
            if (name.length() > Limits.NAME_MAX) throw ENAMETOOLONG.exception();
            Path child = child(name);
            boolean slash = last && !rest.isEmpty();
            if (child == null) {
                if (!last) throw ENOENT.exception();
                return new Walked(at, name, null, slash);
            }
            if (child.inode().isSymlink() && follows(last, slash, mode)) {
                follow(child);
                continue;
            }
            if (last) {
                if (slash && !child.isDirectory()) throw ENOTDIR.exception();
                return new Walked(at, name, child, slash);
            }
            at = child;
        }
    }

    private static boolean follows(boolean last, boolean slash, Last mode) {
        return !last || mode == Last.FOLLOW || (slash && mode == Last.NOFOLLOW);
    }

    /** Cuts the next component off {@link #rest}; empty at the end. */
    private String nextName() {
        int from = 0;
        while (from < rest.length() && rest.charAt(from) == '/') from++;
        int to = rest.indexOf('/', from);
        if (to < 0) to = rest.length();
        String name = rest.substring(from, to);
        rest = rest.substring(to);
        return name;
    }

    private static boolean onlySlashes(String s) {
        for (int i = 0; i < s.length(); i++) if (s.charAt(i) != '/') return false;
        return true;
    }

    private void checkSearchable() throws ErrnoException {
        Inode inode = at.inode();
        if (!inode.isDirectory()) throw ENOTDIR.exception();
        inode.checkAccess(caller.credentials(), X_OK);
    }

    private void toRoot() throws ErrnoException {
        if (has(RESOLVE_BENEATH)) throw EXDEV.exception();
        if (has(RESOLVE_NO_XDEV) && root.mount() != at.mount()) throw EXDEV.exception();
        at = root;
    }

    private void up() throws ErrnoException {
        if (has(RESOLVE_BENEATH) && at.same(base)) throw EXDEV.exception();
        if (at.same(root)) return;
        Path here = at;
        while (here.dentry() == here.mount().root()) {
            Path below = here.mount().at();
            if (below == null) return;
            if (has(RESOLVE_NO_XDEV)) throw EXDEV.exception();
            here = below;
            if (here.same(root)) {
                at = here;
                return;
            }
        }
        Dentry parent = here.dentry().parent();
        at = parent == null ? here : top(new Path(here.mount(), parent));
    }

    /** The child as a walk sees it: whatever is mounted on it wins. Null if there is none. */
    private @Nullable Path child(String name) throws ErrnoException {
        Dentry dentry = lookup(caller, at.dentry(), name);
        if (dentry == null) return null;
        Path plain = new Path(at.mount(), dentry);
        Path top = top(plain);
        if (top.mount() != plain.mount() && has(RESOLVE_NO_XDEV)) throw EXDEV.exception();
        return top;
    }

    /** The dentry of {@code name}, from the cache or the file system. */
    static @Nullable Dentry lookup(Caller caller, Dentry directory, String name)
            throws ErrnoException {
        Dentry cached = directory.child(name);
        if (cached != null) return cached;
        if (directory.unlinked()) return null;
        Inode found = directory.inode().lookup(caller, name);
        return found == null ? null : directory.enter(name, found);
    }

    /** The topmost mount on {@code path}. */
    static Path top(Path path) {
        Path here = path;
        while (here.dentry().isMountPoint()) {
            Mount mounted = here.mount().mountedOn(here.dentry());
            if (mounted == null) break;
            here = new Path(mounted, mounted.root());
        }
        return here;
    }

    private void follow(Path link) throws ErrnoException {
        if (++links > MAX_LINKS || has(RESOLVE_NO_SYMLINKS)) throw ELOOP.exception();
        Path magic = link.inode().magicTarget(caller);
        if (magic != null) {
            if (has(RESOLVE_NO_MAGICLINKS)) throw ELOOP.exception();
            if (has(RESOLVE_BENEATH | RESOLVE_IN_ROOT)) throw EXDEV.exception();
            if (has(RESOLVE_NO_XDEV) && magic.mount() != at.mount()) throw EXDEV.exception();
            at = magic;
            return;
        }
        String target = link.inode().readlink(caller);
        if (target.isEmpty()) throw ENOENT.exception();
        if (target.length() + rest.length() >= 2 * Limits.PATH_MAX * MAX_LINKS) {
            throw ENAMETOOLONG.exception();
        }
        rest = target + rest;
        if (target.charAt(0) == '/') toRoot();
    }
}
