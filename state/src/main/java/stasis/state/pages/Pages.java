package stasis.state.pages;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Pages of 4 KiB, and blocks of 16 of them. */
final class Pages {
    static final int SIZE = 4096;

    /** What is compressed and checked as one. Blocks do not cross multiples of this. */
    static final int BLOCK = 64 << 10;

    private static final MemorySegment ZERO =
            MemorySegment.ofBuffer(ByteBuffer.allocateDirect(SIZE)).asReadOnly();

    private Pages() {}

    /** {@code length} rounded up to whole pages. */
    static long up(long length) {
        return (length + SIZE - 1) & -SIZE;
    }

    /**
     * Compiled code compares vectors, whatever compiler made it; a loop here is ten times slower.
     */
    static boolean isZero(MemorySegment memory, long offset) {
        return MemorySegment.mismatch(memory, offset, offset + SIZE, ZERO, 0, SIZE) < 0;
    }
}
