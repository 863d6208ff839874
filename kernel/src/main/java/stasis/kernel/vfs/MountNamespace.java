package stasis.kernel.vfs;

import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/**
 * What a container, or whoever did unshare(CLONE_NEWNS), sees as mounted. See mount_namespaces(7).
 */
@Saved("vfs.MountNamespace")
public final class MountNamespace {
    /** Guarded by the VFS lock. */
    private Mount root;

    @SuppressWarnings("NullAway.Init")
    private MountNamespace() {}

    MountNamespace(Mount root) {
        this.root = root;
        root.enter(this);
    }

    /** The top of what is mounted on "/". */
    public Path root() {
        return PathWalk.top(new Path(root, root.root()));
    }

    Mount rootMount() {
        return root;
    }

    /** pivot_root(2). */
    void setRootMount(Mount mount) {
        root = mount;
        mount.enter(this);
    }

    /** Every mount, parents before children. Precondition: the VFS lock is held. */
    List<Mount> mounts() {
        List<Mount> all = new ArrayList<>();
        all.add(root);
        for (int i = 0; i < all.size(); i++) all.addAll(all.get(i).children());
        return all;
    }
}
