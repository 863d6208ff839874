package stasis.state.image;

import stasis.state.store.ImageStore;
import stasis.state.store.Section;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Another store, until the disk is full: operation number {@code operationsLeft} fails. */
final class FailingStore implements ImageStore {
    private final ImageStore store;
    private int operationsLeft;

    FailingStore(ImageStore store, int operationsLeft) {
        this.store = store;
        this.operationsLeft = operationsLeft;
    }

    private synchronized void operation() throws IOException {
        if (operationsLeft-- <= 0) throw new IOException("No space left on device");
    }

    private synchronized boolean isLast() {
        return operationsLeft == 0;
    }

    @Override
    public Section create(String name) throws IOException {
        operation();
        return new FailingSection(store.create(name));
    }

    @Override
    public Section open(String name) throws IOException {
        operation();
        return new FailingSection(store.open(name));
    }

    private final class FailingSection implements Section {
        private final Section section;

        FailingSection(Section section) {
            this.section = section;
        }

        /** Half of it is written before the disk is full. */
        @Override
        public void write(long position, ByteBuffer bytes) throws IOException {
            if (isLast()) {
                section.write(position, bytes.slice(bytes.position(), bytes.remaining() / 2));
            }
            operation();
            section.write(position, bytes);
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            operation();
            return section.read(position, into);
        }

        @Override
        public long size() throws IOException {
            return section.size();
        }

        @Override
        public void sync() throws IOException {
            operation();
            section.sync();
        }

        @Override
        public void close() throws IOException {
            section.close();
        }
    }
}
