package stasis.state.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A store in memory for several threads, whose n-th operation fails, if asked to. */
public final class MemoryStore implements ImageStore {
    public final Map<String, byte[]> files = new TreeMap<>();
    private int operationsLeft = Integer.MAX_VALUE;

    public MemoryStore failingAfter(int operations) {
        operationsLeft = operations;
        return this;
    }

    private synchronized void operation() throws IOException {
        if (operationsLeft-- <= 0) throw new IOException("No space left on device");
    }

    @Override
    public synchronized Section create(String name) throws IOException {
        operation();
        files.put(name, new byte[0]);
        return new MemorySection(name);
    }

    @Override
    public synchronized Section open(String name) throws IOException {
        operation();
        if (!files.containsKey(name)) throw new FileNotFoundException(name);
        return new MemorySection(name);
    }

    /** Its content itself, to damage. */
    public byte[] file(String name) {
        return content(name);
    }

    private synchronized byte[] content(String name) {
        return files.getOrDefault(name, new byte[0]);
    }

    private synchronized void put(String name, long position, ByteBuffer bytes) {
        int end = (int) position + bytes.remaining();
        byte[] grown = Arrays.copyOf(content(name), Math.max(end, content(name).length));
        bytes.get(grown, (int) position, bytes.remaining());
        files.put(name, grown);
    }

    private final class MemorySection implements Section {
        private final String name;

        MemorySection(String name) {
            this.name = name;
        }

        @Override
        public void write(long position, ByteBuffer bytes) throws IOException {
            operation();
            put(name, position, bytes);
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            operation();
            byte[] bytes = content(name);
            if (position >= bytes.length) return -1;
            int n = (int) Math.min(into.remaining(), bytes.length - position);
            into.put(bytes, (int) position, n);
            return n;
        }

        @Override
        public long size() {
            return content(name).length;
        }

        @Override
        public void sync() throws IOException {
            operation();
        }

        @Override
        public void close() {}
    }
}
