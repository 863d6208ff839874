package stasis.kernel.loader;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;

/** An executable file being looked into. */
record ProgramFile(Caller caller, FileDescription file) {
    /** At most {@code bytes} from {@code offset}; fewer at the end of the file. */
    MemorySegment read(long offset, int bytes) throws SyscallException {
        MemorySegment to = MemorySegment.ofArray(new byte[bytes]);
        MemorySegment buffer = caller.buffer(bytes);
        long done = 0;
        while (done < bytes) {
            long n = file.readAt(caller, buffer, 0, bytes - done, offset + done);
            if (n <= 0) break;
            MemorySegment.copy(buffer, 0, to, done, n);
            done += n;
        }
        return to.asSlice(0, done);
    }
}
