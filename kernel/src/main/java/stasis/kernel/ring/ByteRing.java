package stasis.kernel.ring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * A queue of bytes that grows as needed; who uses it says how far. Guarded by the lock of its
 * owner.
 */
@Saved("ring.ByteRing")
public final class ByteRing {
    private static final int SMALLEST = 64;

    /** Length is a power of two, or 0. */
    private byte[] bytes = new byte[0];

    private int head;
    private int count;

    public ByteRing() {}

    public int size() {
        return count;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    private void reserve(int more) {
        int needed = Math.addExact(count, more);
        if (needed <= bytes.length) return;
        int size = Math.max(SMALLEST, Integer.highestOneBit(needed - 1) << 1);
        byte[] larger = new byte[size];
        copyOut(MemorySegment.ofArray(larger), 0, count, 0);
        bytes = larger;
        head = 0;
    }

    private int index(int i) {
        return (head + i) & (bytes.length - 1);
    }

    public void add(MemorySegment from, long at, int length) {
        if (length == 0) return;
        reserve(length);
        int start = index(count);
        int first = Math.min(length, bytes.length - start);
        MemorySegment.copy(from, JAVA_BYTE, at, bytes, start, first);
        MemorySegment.copy(from, JAVA_BYTE, at + first, bytes, 0, length - first);
        count += length;
    }

    public void add(int value) {
        reserve(1);
        bytes[index(count)] = (byte) value;
        count++;
    }

    /** The byte at {@code i} from the front, 0..255. Precondition: there is one. */
    public int get(int i) {
        if (i < 0 || i >= count) throw new IllegalStateException("beyond the end");
        return bytes[index(i)] & 0xff;
    }

    /** Takes the first byte. Precondition: there is one. */
    public int take() {
        int value = get(0);
        drop(1);
        return value;
    }

    /** Takes the last byte away. Precondition: there is one. */
    public int takeLast() {
        int value = get(count - 1);
        count--;
        return value;
    }

    /** Copies the first {@code length} bytes; they stay. */
    public void peek(MemorySegment to, long at, int length) {
        copyOut(to, at, length, 0);
    }

    private void copyOut(MemorySegment to, long at, int length, int from) {
        if (length == 0) return;
        int start = index(from);
        int first = Math.min(length, bytes.length - start);
        MemorySegment.copy(bytes, start, to, JAVA_BYTE, at, first);
        MemorySegment.copy(bytes, 0, to, JAVA_BYTE, at + first, length - first);
    }

    /** Takes the first {@code length} bytes. */
    public void take(MemorySegment to, long at, int length) {
        peek(to, at, length);
        drop(length);
    }

    /** Throws the first {@code length} bytes away. */
    public void drop(int length) {
        if (length < 0 || length > count) throw new IllegalStateException("beyond the end");
        count -= length;
        head = count == 0 ? 0 : index(length);
    }

    public void clear() {
        count = 0;
        head = 0;
    }

    @BeforeSave
    private void pack() {
        int size = count == 0 ? 0 : Math.max(SMALLEST, Integer.highestOneBit(count - 1) << 1);
        byte[] packed = new byte[size];
        copyOut(MemorySegment.ofArray(packed), 0, count, 0);
        bytes = packed;
        head = 0;
    }

    @AfterRestore
    private void check(Restoration restoration) {
        boolean power = (bytes.length & (bytes.length - 1)) == 0;
        if (!power || count < 0 || count > bytes.length || head != 0) {
            throw new IllegalStateException("not a ring");
        }
    }
}
