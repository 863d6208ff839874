package stasis.state.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Appends to a section and sums up what it wrote. One thread. */
public final class SectionWriter {
    private final Section section;
    private final CRC32C crc = new CRC32C();
    private long position;

    /** {@code section} is empty. */
    public SectionWriter(Section section) {
        this.section = section;
    }

    public void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        crc.update(bytes.duplicate());
        section.write(position, bytes);
        position += length;
    }

    /** Bytes written so far. */
    public long position() {
        return position;
    }

    /** CRC32C of the bytes written so far. */
    public int crc() {
        return (int) crc.getValue();
    }

    public void sync() throws IOException {
        section.sync();
    }
}
