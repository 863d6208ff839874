package stasis.kernel.vfs;

import stasis.kernel.caller.Caller;
import stasis.state.SavedKind;

/** Makes regular files that have no name: memfd_create(2), System V shared memory. */
@SavedKind
public interface UnnamedFiles {
    /**
     * An empty file of the caller's.
     *
     * @param name for /proc only
     * @param sealable F_ADD_SEALS may be used
     */
    Inode create(Caller caller, String name, boolean sealable);
}
