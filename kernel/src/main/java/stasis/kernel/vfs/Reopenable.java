package stasis.kernel.vfs;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.state.SavedKind;

/** What makes another open file of itself when its inode is opened, as through /proc/self/fd. */
@SavedKind
public interface Reopenable extends Attachment {
    /**
     * @param flags O_* of open(2)
     */
    FileImpl open(Caller caller, Inode inode, int flags) throws SyscallException;
}
