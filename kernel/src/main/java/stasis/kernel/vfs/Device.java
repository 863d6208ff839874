package stasis.kernel.vfs;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.state.SavedKind;

/** What opens special files: one per device number, and one for all FIFOs. */
@SavedKind
public interface Device {
    /**
     * open(2) of {@code inode}, with no lock held; may wait (FIFOs) and be interrupted.
     *
     * @param flags O_* of open(2)
     */
    FileImpl open(Caller caller, Inode inode, int flags) throws SyscallException;
}
