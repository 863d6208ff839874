package stasis.state.store;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Appends to a section and sums up what it wrote. Places are given out by one thread at a time;
 * what belongs there may be written by any.
 */
public final class SectionWriter {
    private final Section section;
    private final Crc32cSum crc = new Crc32cSum();
    private long position;

    /** {@code section} is empty. */
    public SectionWriter(Section section) {
        this.section = section;
    }

    public void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        section.write(reserve(Sections.crc(bytes), length), bytes);
    }

    /** The place of the next {@code length} bytes, whose CRC32C is {@code next}. */
    public long reserve(int next, long length) {
        long place = position;
        crc.append(next, length);
        position += length;
        return place;
    }

    /** What was promised for a reserved place. Any thread. */
    public void fill(long place, ByteBuffer bytes) throws IOException {
        section.write(place, bytes);
    }

    /** Bytes written or reserved so far. */
    public long position() {
        return position;
    }

    /** CRC32C of these bytes. */
    public int crc() {
        return crc.value();
    }

    public void sync() throws IOException {
        section.sync();
    }
}
