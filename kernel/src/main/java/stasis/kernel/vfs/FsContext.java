package stasis.kernel.vfs;

import stasis.state.Saved;

/** PLACEHOLDER: root, working directory and umask of a process (CLONE_FS shares it). */
@Saved("vfs.FsContext")
public final class FsContext {
    private FsContext() {}
}
