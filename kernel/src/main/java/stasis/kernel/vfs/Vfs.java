package stasis.kernel.vfs;

import stasis.state.Saved;

/** PLACEHOLDER: mounts, the dentry tree, opening by path. */
@Saved("vfs.Vfs")
public final class Vfs {
    private Vfs() {}
}
