package stasis.state.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What both sides of an image need of sections. */
public final class Sections {
    private Sections() {}

    /** Fills {@code into}. */
    public static void readFully(Section section, long position, ByteBuffer into)
            throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int n = section.read(at, into);
            if (n <= 0) throw new EOFException("the section ends at " + at);
            at += n;
        }
    }

    public static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    public static int crc(byte[] bytes) {
        return crc(ByteBuffer.wrap(bytes));
    }
}
