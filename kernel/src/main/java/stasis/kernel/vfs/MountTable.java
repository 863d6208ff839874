package stasis.kernel.vfs;

import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENOTDIR;

import stasis.abi.ErrnoException;

import java.util.IdentityHashMap;
import java.util.List;

/** Putting mounts into the tree and taking them out. Rights are the caller's business. */
public final class MountTable {
    private final Vfs vfs;

    MountTable(Vfs vfs) {
        this.vfs = vfs;
    }

    /** Mounts {@code filesystem} on {@code at}, over what is there. */
    public Mount mount(Path at, Filesystem filesystem, int flags, String source)
            throws ErrnoException {
        Dentry top = Dentry.root(filesystem.root());
        try (var _ = vfs.lock().hold()) {
            checkSameKind(at, top);
            Mount mount = vfs.newMount(filesystem, top, flags, source);
            mount.attach(PathWalk.top(at));
            return mount;
        }
    }

    /** A second view of {@code from} on {@code at}; with what is mounted below if {@code all}. */
    public Mount bind(Path from, Path at, boolean all) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            checkSameKind(at, from.dentry());
            Mount mount = copy(from.mount(), from.dentry());
            if (all) copyBelow(from.mount(), from.dentry(), mount);
            mount.attach(PathWalk.top(at));
            enter(mount);
            return mount;
        }
    }

    private Mount copy(Mount from, Dentry root) {
        return vfs.newMount(from.filesystem(), root, from.flags(), from.source());
    }

    private void copyBelow(Mount from, Dentry root, Mount to) {
        for (Mount child : List.copyOf(from.children())) {
            Path at = child.at();
            if (at == null || !at.dentry().isWithin(root)) continue;
            Mount copy = copy(child, child.root());
            copy.attach(new Path(to, at.dentry()));
            copyBelow(child, child.root(), copy);
        }
    }

    private static void enter(Mount mount) {
        for (Mount child : mount.children()) {
            child.enter(mount.namespace());
            enter(child);
        }
    }

    private static void checkSameKind(Path at, Dentry root) throws ErrnoException {
        if (at.isDirectory() != root.inode().isDirectory()) throw ENOTDIR.exception();
    }

    /** mount(2) with MS_REMOUNT. */
    public void remount(Path at, int flags) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            checkIsTop(at);
            at.mount().setFlags(flags);
        }
    }

    /** mount(2) with MS_MOVE. */
    public void move(Path from, Path at) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            checkIsTop(from);
            checkSameKind(at, from.dentry());
            for (Mount m = at.mount(); ; ) {
                if (m == from.mount()) throw ELOOP.exception();
                Path up = m.at();
                if (up == null) break;
                m = up.mount();
            }
            if (from.mount().at() == null) throw EINVAL.exception();
            from.mount().detach();
            from.mount().attach(PathWalk.top(at));
            enter(from.mount());
        }
    }

    private static void checkIsTop(Path at) throws ErrnoException {
        if (at.dentry() != at.mount().root()) throw EINVAL.exception();
    }

    /** umount2(2): with everything below if {@code lazily} (MNT_DETACH), else EBUSY if used. */
    public void unmount(Path at, boolean lazily) throws ErrnoException {
        try (var _ = vfs.lock().hold()) {
            checkIsTop(at);
            Mount mount = at.mount();
            if (mount.at() == null) throw EINVAL.exception();
            if (!lazily && !mount.children().isEmpty()) throw EBUSY.exception();
            detachAll(mount);
        }
    }

    private static void detachAll(Mount mount) {
        for (Mount child : List.copyOf(mount.children())) detachAll(child);
        mount.detach();
    }

    /** All mounts of a namespace, parents first. */
    public List<Mount> list(MountNamespace namespace) {
        try (var _ = vfs.lock().hold()) {
            return namespace.mounts();
        }
    }

    /** unshare(2) with CLONE_NEWNS: the same mounts again, and {@code fs} in them. */
    public MountNamespace copy(MountNamespace from, FsContext fs) {
        Path root = fs.root();
        Path cwd = fs.cwd();
        try (var _ = vfs.lock().hold()) {
            IdentityHashMap<Mount, Mount> copies = new IdentityHashMap<>();
            Mount oldTop = from.rootMount();
            Mount top = copy(oldTop, oldTop.root());
            copies.put(oldTop, top);
            MountNamespace namespace = new MountNamespace(top);
            for (Mount mount : from.mounts()) copyInto(mount, copies);
            fs.setRoot(new Path(copies.getOrDefault(root.mount(), root.mount()), root.dentry()));
            fs.setCwd(new Path(copies.getOrDefault(cwd.mount(), cwd.mount()), cwd.dentry()));
            return namespace;
        }
    }

    private void copyInto(Mount mount, IdentityHashMap<Mount, Mount> copies) {
        Path at = mount.at();
        if (at == null) return;
        Mount parent = copies.get(at.mount());
        if (parent == null) return;
        Mount copy = copy(mount, mount.root());
        copy.attach(new Path(parent, at.dentry()));
        copies.put(mount, copy);
    }
}
