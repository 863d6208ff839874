package stasis.kernel;

import stasis.kernel.mem.SealedPages;
import stasis.state.image.Manifest;
import stasis.state.image.ManifestBuilder;
import stasis.state.image.Phases;
import stasis.state.image.SavedPages;
import stasis.state.image.SnapshotWriter;
import stasis.state.pages.Compression;
import stasis.state.store.ImageStore;

import java.io.IOException;

/**
 * A kernel as it was at a moment. It goes on while that is written; who is going to change a page
 * copies it first ({@link SealedPages}).
 */
public final class SavedMoment implements AutoCloseable {
    private final byte[] graph;
    private final SealedPages pages;
    private final ManifestBuilder about;

    SavedMoment(byte[] graph, SealedPages pages, ManifestBuilder about) {
        this.graph = graph;
        this.pages = pages;
        this.about = about;
    }

    /** After an exception the store holds no image; the kernel does not mind. */
    public Manifest write(ImageStore store, Compression compression, Phases phases)
            throws IOException {
        SavedPages saved = new SavedPages(pages.mapping(), pages.runs(), compression);
        phases.done("used pages found");
        return SnapshotWriter.writeSections(store, () -> graph, saved, about, phases);
    }

    /** Bytes that had to be copied so far. */
    public long copied() {
        return pages.copied();
    }

    /** How often the guest was slowed because it wrote too much. */
    public long waits() {
        return pages.waits();
    }

    /** The guest writes in place again. */
    @Override
    public void close() {
        pages.close();
    }
}
