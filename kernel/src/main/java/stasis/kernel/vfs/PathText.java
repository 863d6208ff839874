package stasis.kernel.vfs;

import java.util.ArrayDeque;
import java.util.Deque;

/** Like Linux's d_path: the name of a place as seen from a root. Precondition: VFS lock held. */
final class PathText {
    private final Path root;
    private final Deque<String> names = new ArrayDeque<>();
    private Mount mount;
    private Dentry dentry;
    private boolean deleted;

    PathText(Path root, Path path) {
        this.root = root;
        this.mount = path.mount();
        this.dentry = path.dentry();
        this.deleted = dentry.unlinked();
    }

    String text() {
        boolean reached = climb();
        String text = "/" + String.join("/", names);
        if (!reached) text = "(unreachable)" + text;
        return deleted ? text + " (deleted)" : text;
    }

    /** False if the top is reached without meeting the root. */
    private boolean climb() {
        for (; ; ) {
            if (mount == root.mount() && dentry == root.dentry()) return true;
            Dentry parent = dentry.parent();
            if (dentry == mount.root() || parent == null) {
                Path at = mount.at();
                if (at == null) return false;
                mount = at.mount();
                dentry = at.dentry();
                continue;
            }
            names.addFirst(dentry.name());
            dentry = parent;
        }
    }
}
