package stasis.state.pages;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Pages of 4 KiB, and blocks of 16 of them. */
final class Pages {
    static final int SIZE = 4096;

    /** What is compressed and checked as one. Blocks do not cross multiples of this. */
    static final int BLOCK = 64 << 10;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private Pages() {}

    static boolean isZero(MemorySegment memory, long offset) {
        for (long at = offset; at < offset + SIZE; at += 64) {
            long any =
                    memory.get(WORD, at)
                            | memory.get(WORD, at + 8)
                            | memory.get(WORD, at + 16)
                            | memory.get(WORD, at + 24)
                            | memory.get(WORD, at + 32)
                            | memory.get(WORD, at + 40)
                            | memory.get(WORD, at + 48)
                            | memory.get(WORD, at + 56);
            if (any != 0) return false;
        }
        return true;
    }
}
