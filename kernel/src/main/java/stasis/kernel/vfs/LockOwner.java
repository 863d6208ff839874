package stasis.kernel.vfs;

import stasis.state.SavedKind;

/** Who holds a lock on a file: a process's descriptor table, or an open file description. */
@SavedKind
public interface LockOwner {}
