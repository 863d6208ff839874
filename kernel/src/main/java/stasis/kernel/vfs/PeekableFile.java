package stasis.kernel.vfs;

import stasis.abi.SyscallException;
import stasis.state.SavedKind;

import java.lang.foreign.MemorySegment;

/** A stream that can be looked at before it is taken: pipes, for splice(2) and tee(2). */
@SavedKind
public interface PeekableFile extends FileImpl {
    /** As read, but what is read stays. EAGAIN if there is nothing, 0 at the end. */
    long peek(MemorySegment to, long at, long length) throws SyscallException;

    /** Takes the first {@code length} bytes, which were seen by {@link #peek}. */
    void consume(long length);
}
