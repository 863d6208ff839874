package stasis.cli.oci;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * Files of CRIU that clients look for, in its format: two magic numbers, a length, and one message
 * of Protocol Buffers ({@code images/inventory.proto}, {@code images/stats.proto}). The inventory
 * says only that there is an image; CRIU itself cannot restore it.
 */
public final class CriuFiles {
    /** In the work folder, after a checkpoint. */
    public static final String STATS_DUMP = "stats-dump";

    /** In the work folder, after a restore. */
    public static final String STATS_RESTORE = "stats-restore";

    private static final int IMG_COMMON_MAGIC = 0x5456_4319;
    private static final int IMG_SERVICE_MAGIC = 0x5510_5940;
    private static final int INVENTORY_MAGIC = 0x5831_3116;
    private static final int STATS_MAGIC = 0x5709_3306;
    private static final int IMAGE_VERSION = 2;
    private static final int DUMP = 1;
    private static final int RESTORE = 2;

    private CriuFiles() {}

    public static byte[] inventory() {
        return file(IMG_COMMON_MAGIC, INVENTORY_MAGIC, numbers(IMAGE_VERSION));
    }

    /**
     * @param pausedNanos how long the container stood still
     * @param wholeNanos how long it all took
     */
    public static byte[] dumpStats(long pausedNanos, long wholeNanos, long pages) {
        long frozen = micros(pausedNanos);
        long writing = Math.max(0, micros(wholeNanos) - frozen);
        byte[] entry = numbers(0, frozen, frozen, writing, pages, 0, pages, 0, 0);
        return file(IMG_SERVICE_MAGIC, STATS_MAGIC, nested(DUMP, entry));
    }

    public static byte[] restoreStats(long nanos, long pages) {
        byte[] entry = numbers(0, 0, 0, micros(nanos), pages);
        return file(IMG_SERVICE_MAGIC, STATS_MAGIC, nested(RESTORE, entry));
    }

    private static long micros(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos);
    }

    private static byte[] file(int magic, int kind, byte[] message) {
        return ByteBuffer.allocate(12 + message.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(magic)
                .putInt(kind)
                .putInt(message.length)
                .put(message)
                .array();
    }

    // ---- Protocol Buffers

    /** A message of the fields 1, 2, 3 and on, each a number. */
    private static byte[] numbers(long... fields) {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i++) {
            varint(to, (i + 1) << 3);
            varint(to, fields[i]);
        }
        return to.toByteArray();
    }

    private static byte[] nested(int field, byte[] message) {
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        varint(to, field << 3 | 2);
        varint(to, message.length);
        to.writeBytes(message);
        return to.toByteArray();
    }

    private static void varint(ByteArrayOutputStream to, long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) to.write((int) (rest & 0x7f | 0x80));
        to.write((int) rest);
    }
}
