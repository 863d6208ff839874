package stasis.net.tcp;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A queue of bytes that grows as needed; how far is the user's business. Bytes may be put beyond
 * its end (a segment out of order) and become part of it later.
 */
@Saved("net.ByteRing")
public final class ByteRing {
    private static final int SMALLEST = 2048;
    private static final byte[] EMPTY = {};

    /** A power of two long, or empty. */
    private byte[] ring = EMPTY;

    private int head;

    private int size;

    /** Bytes from the head that may hold something: the size, or more if some were put beyond. */
    private int extent;

    public ByteRing() {}

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Bytes of memory. */
    public int footprint() {
        return ring.length;
    }

    public void append(MemorySegment from, long at, int count) {
        ensure(size + count);
        int place = place(size);
        int first = Math.min(count, ring.length - place);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, ring, place, first);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at + first, ring, 0, count - first);
        extend(count);
    }

    /** Puts bytes at {@code offset} from the head without making them part of the queue. */
    public void put(int offset, byte[] from, int at, int count) {
        ensure(offset + count);
        int place = place(offset);
        int first = Math.min(count, ring.length - place);
        System.arraycopy(from, at, ring, place, first);
        System.arraycopy(from, at + first, ring, 0, count - first);
        extent = Math.max(extent, offset + count);
    }

    /** The next {@code count} bytes, put before, are part of the queue now. */
    public void extend(int count) {
        size += count;
        extent = Math.max(extent, size);
    }

    public void copy(int offset, byte[] to, int at, int count) {
        int place = place(offset);
        int first = Math.min(count, ring.length - place);
        System.arraycopy(ring, place, to, at, first);
        System.arraycopy(ring, 0, to, at + first, count - first);
    }

    public void copy(int offset, MemorySegment to, long at, int count) {
        if (count == 0) return;
        int place = place(offset);
        int first = Math.min(count, ring.length - place);
        MemorySegment.copy(ring, place, to, ValueLayout.JAVA_BYTE, at, first);
        MemorySegment.copy(ring, 0, to, ValueLayout.JAVA_BYTE, at + first, count - first);
    }

    public byte byteAt(int offset) {
        return ring[place(offset)];
    }

    public void drop(int count) {
        head = place(count);
        size -= count;
        extent -= count;
    }

    /** Gives its memory back if there is nothing in it. */
    public void freeIfEmpty() {
        if (extent == 0) free();
    }

    /** Empty, and without memory. */
    public void free() {
        ring = EMPTY;
        head = 0;
        size = 0;
        extent = 0;
    }

    private int place(int offset) {
        return head + offset & Math.max(ring.length - 1, 0);
    }

    private void ensure(int capacity) {
        if (capacity <= ring.length) return;
        int length = Math.max(SMALLEST, Integer.highestOneBit(capacity - 1) << 1);
        byte[] larger = new byte[length];
        copy(0, larger, 0, Math.min(extent, ring.length));
        ring = larger;
        head = 0;
    }

    /** An image has no more of a ring than is in it. */
    @BeforeSave
    private void shrink() {
        byte[] held = new byte[extent];
        copy(0, held, 0, extent);
        ring = EMPTY;
        head = 0;
        ensure(extent);
        System.arraycopy(held, 0, ring, 0, extent);
    }

    @AfterRestore
    private void check(Restoration restoration) {
        boolean power = ring.length == 0 || Integer.bitCount(ring.length) == 1;
        boolean inside = 0 <= size && size <= extent && extent <= ring.length;
        if (!power || !inside || head < 0 || head >= Math.max(ring.length, 1)) {
            throw new IllegalStateException("a ring of " + size + " bytes in " + ring.length);
        }
    }
}
