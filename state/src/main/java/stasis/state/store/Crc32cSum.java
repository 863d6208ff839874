package stasis.state.store;

/**
 * The CRC32C of a whole from those of its parts, so that several threads can sum up what is written
 * as one. Polynomials over two elements, lowest power in the highest bit, modulo CRC32C's.
 */
public final class Crc32cSum {
    private static final int POLYNOMIAL = 0x82F63B78;

    /** The polynomial 1. */
    private static final int ONE = 1 << 31;

    /** x to the power of 8, 16, 32, ...: what 1, 2, 4, ... bytes that follow multiply by. */
    private static final int[] SHIFTS = shifts();

    private int crc;

    private static int[] shifts() {
        int[] shifts = new int[Long.SIZE - 1];
        shifts[0] = ONE >>> 8;
        for (int i = 1; i < shifts.length; i++) shifts[i] = times(shifts[i - 1], shifts[i - 1]);
        return shifts;
    }

    private static int times(int a, int b) {
        int product = 0;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) product ^= b;
            b = (b & 1) != 0 ? b >>> 1 ^ POLYNOMIAL : b >>> 1;
        }
        return product;
    }

    /** What follows: {@code length} bytes whose CRC32C is {@code next}. */
    public void append(int next, long length) {
        int shifted = crc;
        for (int i = 0; length >>> i != 0; i++) {
            if ((length >>> i & 1) != 0) shifted = times(SHIFTS[i], shifted);
        }
        crc = shifted ^ next;
    }

    public int value() {
        return crc;
    }
}
