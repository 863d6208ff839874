package stasis.kernel.vfs;

import stasis.state.SavedKind;

/**
 * What is behind a FIFO or a bound socket in the file system: kept by the inode, as long as it is.
 */
@SavedKind
public interface Attachment {}
