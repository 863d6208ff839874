package stasis.net.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers in byte arrays, unaligned. */
public final class Bytes {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    public static int u8(byte[] b, int at) {
        return b[at] & 0xff;
    }

    public static int u16(byte[] b, int at) {
        return (short) SHORT.get(b, at) & 0xffff;
    }

    public static int i32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    public static long u32(byte[] b, int at) {
        return i32(b, at) & 0xffffffffL;
    }

    public static long i64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /** The lower 48 bits, as in a link address. */
    public static long u48(byte[] b, int at) {
        return (long) u16(b, at) << 32 | u32(b, at + 2);
    }

    public static void put8(byte[] b, int at, int value) {
        b[at] = (byte) value;
    }

    public static void put16(byte[] b, int at, int value) {
        SHORT.set(b, at, (short) value);
    }

    public static void put32(byte[] b, int at, int value) {
        INT.set(b, at, value);
    }

    public static void put64(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }

    public static void put48(byte[] b, int at, long value) {
        put16(b, at, (int) (value >>> 32));
        put32(b, at + 2, (int) value);
    }
}
