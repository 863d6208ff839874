package stasis.kernel.fs.anon;

import static stasis.abi.Errno.EINVAL;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import stasis.abi.ErrnoException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Files that are read and written in words of 8 bytes: eventfd(2), timerfd_create(2). */
public final class Words {
    public static final int BYTES = 8;
    private static final ValueLayout.OfLong WORD =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Words() {}

    public static void check(long length) throws ErrnoException {
        if (length < BYTES) throw EINVAL.exception();
    }

    public static long get(MemorySegment from, long at) {
        return from.get(WORD, at);
    }

    public static void set(MemorySegment to, long at, long value) {
        to.set(WORD, at, value);
    }
}
