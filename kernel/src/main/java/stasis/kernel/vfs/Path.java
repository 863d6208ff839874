package stasis.kernel.vfs;

import stasis.state.Saved;

/** PLACEHOLDER: a mount and a dentry in it. */
@Saved("vfs.Path")
public record Path() {}
