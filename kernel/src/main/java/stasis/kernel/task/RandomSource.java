package stasis.kernel.task;

import java.lang.foreign.MemorySegment;

/** Where the guest's random bytes come from. Never saved. */
public interface RandomSource {
    void fill(MemorySegment to, long at, long length);
}
