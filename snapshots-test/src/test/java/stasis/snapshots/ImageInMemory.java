package stasis.snapshots;

import stasis.state.image.SnapshotImage;
import stasis.state.store.ImageStore;
import stasis.state.store.Section;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An image without files, whose pages may come slowly, or at some time not any more. */
final class ImageInMemory implements ImageStore {
    private final Map<String, Bytes> sections = new ConcurrentHashMap<>();

    /** Of pages; 0: as fast as it goes. */
    private long bytesPerSecond;

    /** Reads of pages until one fails. */
    private int goodReads = Integer.MAX_VALUE;

    private int reads;

    ImageInMemory slow(long bytes) {
        bytesPerSecond = bytes;
        return this;
    }

    ImageInMemory failingAfter(int pageReads) {
        goodReads = pageReads;
        return this;
    }

    /** Of pages. */
    synchronized int reads() {
        return reads;
    }

    @Override
    public Section create(String name) {
        Bytes section = new Bytes(name.equals(SnapshotImage.PAGES_DATA));
        sections.put(name, section);
        return section;
    }

    @Override
    public Section open(String name) throws IOException {
        Section section = sections.get(name);
        if (section == null) throw new FileNotFoundException(name);
        return section;
    }

    private synchronized void countRead() throws IOException {
        if (reads == goodReads) throw new IOException("cannot read pages.data: EIO");
        reads++;
    }

    private final class Bytes implements Section {
        private final boolean pages;
        private byte[] bytes = {};
        private int size;

        Bytes(boolean pages) {
            this.pages = pages;
        }

        @Override
        public synchronized void write(long position, ByteBuffer from) {
            int end = (int) position + from.remaining();
            if (end > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            from.get(bytes, (int) position, from.remaining());
            size = Math.max(size, end);
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            if (pages) {
                countRead();
                if (bytesPerSecond > 0) {
                    long second = TimeUnit.SECONDS.toNanos(1);
                    LockSupport.parkNanos(into.remaining() * second / bytesPerSecond);
                }
            }
            return take(position, into);
        }

        private synchronized int take(long position, ByteBuffer into) {
            if (position >= size) return -1;
            int n = (int) Math.min(into.remaining(), size - position);
            into.put(bytes, (int) position, n);
            return n;
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }
}
