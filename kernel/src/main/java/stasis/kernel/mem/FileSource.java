package stasis.kernel.mem;

import stasis.abi.ErrnoException;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;

/** The content of a regular file, wherever it lies: what is read if no page of ours holds it. */
@SavedKind
public interface FileSource {
    /**
     * Copies up to {@code length} bytes from {@code offset} on to {@code to} at {@code at}.
     *
     * @return bytes copied; fewer only at the end of the file
     */
    long read(MemorySegment to, long at, long length, long offset) throws ErrnoException;
}
