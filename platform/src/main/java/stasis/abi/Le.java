package stasis.abi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Little-endian access to structs, aligned or not. */
public final class Le {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Le() {}

    public static void putByte(MemorySegment to, long at, int value) {
        to.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    public static void putShort(MemorySegment to, long at, int value) {
        to.set(SHORT, at, (short) value);
    }

    public static void putInt(MemorySegment to, long at, int value) {
        to.set(INT, at, value);
    }

    public static void putLong(MemorySegment to, long at, long value) {
        to.set(LONG, at, value);
    }

    public static int getByte(MemorySegment from, long at) {
        return from.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    public static int getShort(MemorySegment from, long at) {
        return from.get(SHORT, at) & 0xffff;
    }

    public static int getInt(MemorySegment from, long at) {
        return from.get(INT, at);
    }

    public static long getLong(MemorySegment from, long at) {
        return from.get(LONG, at);
    }
}
