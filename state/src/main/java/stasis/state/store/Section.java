package stasis.state.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One file of an image, by position. Several threads may read, or write different places, at once.
 */
public interface Section extends Closeable {
    /** Writes all that remains in {@code bytes}; direct buffers are written without a copy. */
    void write(long position, ByteBuffer bytes) throws IOException;

    /** Reads at least one byte, or returns -1 at the end. */
    int read(long position, ByteBuffer into) throws IOException;

    long size() throws IOException;

    /** Returns when the content and the size would survive a power failure. */
    void sync() throws IOException;
}
