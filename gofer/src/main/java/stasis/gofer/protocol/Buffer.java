package stasis.gofer.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * One message being made or taken apart: size[4] type[1] tag[2], then little-endian fields. Names
 * are byte strings held as ISO-8859-1.
 */
public final class Buffer {
    private static final long NANOS = 1_000_000_000L;

    private final MemorySegment bytes;
    private int position;
    private int limit;

    public Buffer(int capacity) {
        bytes = Arena.ofAuto().allocate(capacity, 16);
    }

    public int capacity() {
        return (int) bytes.byteSize();
    }

    public MemorySegment bytes() {
        return bytes;
    }

    /** Bytes of the message. */
    public int limit() {
        return limit;
    }

    public int position() {
        return position;
    }

    // ---- making

    public Buffer start(int type, int tag) {
        position = 4;
        return u8(type).u16(tag);
    }

    /** Sets the size; the message is complete. */
    public MemorySegment finish() {
        bytes.set(JAVA_INT_UNALIGNED, 0, position);
        limit = position;
        return bytes.asSlice(0, limit);
    }

    public Buffer u8(int v) {
        bytes.set(JAVA_BYTE, position, (byte) v);
        position += 1;
        return this;
    }

    public Buffer u16(int v) {
        bytes.set(JAVA_SHORT_UNALIGNED, position, (short) v);
        position += 2;
        return this;
    }

    public Buffer u32(int v) {
        bytes.set(JAVA_INT_UNALIGNED, position, v);
        position += 4;
        return this;
    }

    public Buffer u64(long v) {
        bytes.set(JAVA_LONG_UNALIGNED, position, v);
        position += 8;
        return this;
    }

    public Buffer string(String s) {
        byte[] text = s.getBytes(StandardCharsets.ISO_8859_1);
        u16(text.length);
        MemorySegment.copy(text, 0, bytes, JAVA_BYTE, position, text.length);
        position += text.length;
        return this;
    }

    public Buffer time(long nanos) {
        return u64(Math.floorDiv(nanos, NANOS)).u64(Math.floorMod(nanos, NANOS));
    }

    public Buffer qid(Qid qid) {
        return u8(qid.type()).u32(qid.version()).u64(qid.path());
    }

    public Buffer data(MemorySegment from, long at, int length) {
        u32(length);
        MemorySegment.copy(from, at, bytes, position, length);
        position += length;
        return this;
    }

    /** Goes on at {@code newPosition}: data was put in place. */
    public Buffer skipTo(int newPosition) {
        position = newPosition;
        return this;
    }

    public boolean hasRoom(int more) {
        return position + more <= capacity();
    }

    // ---- taking apart

    /** A message of {@code size} bytes is in place; the next field is the type. */
    public void received(int size) {
        limit = size;
        position = 4;
    }

    private void need(int n) throws ProtocolException {
        if (n < 0 || limit - position < n) throw new ProtocolException("message too short");
    }

    public int u8() throws ProtocolException {
        need(1);
        return bytes.get(JAVA_BYTE, position++) & 0xff;
    }

    public int u16() throws ProtocolException {
        need(2);
        int v = bytes.get(JAVA_SHORT_UNALIGNED, position) & 0xffff;
        position += 2;
        return v;
    }

    public int u32() throws ProtocolException {
        need(4);
        int v = bytes.get(JAVA_INT_UNALIGNED, position);
        position += 4;
        return v;
    }

    public long u64() throws ProtocolException {
        need(8);
        long v = bytes.get(JAVA_LONG_UNALIGNED, position);
        position += 8;
        return v;
    }

    public String string() throws ProtocolException {
        int n = u16();
        need(n);
        byte[] text = bytes.asSlice(position, n).toArray(JAVA_BYTE);
        position += n;
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    public long time() throws ProtocolException {
        long seconds = u64();
        return seconds * NANOS + u64();
    }

    public Qid qid() throws ProtocolException {
        return new Qid(u8(), u32(), u64());
    }

    /** Length of the data that follows, all of which is there; {@link #position} is its place. */
    public int dataLength() throws ProtocolException {
        int n = u32();
        need(n);
        return n;
    }
}
