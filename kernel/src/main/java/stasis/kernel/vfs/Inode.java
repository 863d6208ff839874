package stasis.kernel.vfs;

import stasis.state.SavedKind;

/** PLACEHOLDER: to be designed with the file systems. */
@SavedKind
public abstract class Inode {}
