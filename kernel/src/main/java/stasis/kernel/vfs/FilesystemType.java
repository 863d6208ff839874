package stasis.kernel.vfs;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.state.SavedKind;

/** A kind of file system that mount(2) can make, filesystems(5). */
@SavedKind
public interface FilesystemType {
    String name();

    /**
     * @param options the last argument of mount(2), comma separated
     */
    Filesystem make(Caller caller, String source, String options) throws ErrnoException;
}
