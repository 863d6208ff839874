package stasis.state.image;

import stasis.state.store.ImageStore;
import stasis.state.store.Section;
import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * Writes the files of an image into a store, the manifest last, each synced. Making the whole
 * appear at its place is the store's business ({@code DirectoryStore.commit}), which may be in
 * another process.
 */
public final class SnapshotWriter {
    private SnapshotWriter() {}

    /** For whom it does not matter how long each part takes. */
    public static Manifest writeSections(
            ImageStore store, byte[] graph, SavedPages pages, ManifestBuilder about)
            throws IOException {
        return writeSections(store, () -> graph, pages, about, Phases.NONE);
    }

    /**
     * Pages are written while the graph is made, on threads of their own: the disk is what takes
     * longest. After an exception the store's content is no image and must be thrown away; in any
     * case nobody uses the memory any more.
     *
     * @param graph asked once
     */
    public static Manifest writeSections(
            ImageStore store,
            Supplier<byte[]> graph,
            SavedPages pages,
            ManifestBuilder about,
            Phases phases)
            throws IOException {
        try (PagesSection data = new PagesSection(store, pages)) {
            byte[] bytes = graph.get();
            phases.done("graph made");
            Manifest.SectionInfo graphInfo =
                    section(store, SnapshotImage.GRAPH, to -> GraphFrames.write(to, bytes));
            ManifestJson json = new ManifestJson();
            // The first JSON of a process takes 0.3 s: now, while pages are written anyway.
            json.read(json.write(about.build(List.of(graphInfo))));
            phases.done("graph written");
            Manifest.SectionInfo dataInfo = data.await();
            phases.done("pages written");
            Manifest.SectionInfo indexInfo =
                    section(
                            store,
                            SnapshotImage.PAGES_INDEX,
                            to -> to.write(ByteBuffer.wrap(data.index().encode())));
            Manifest manifest = about.build(List.of(graphInfo, indexInfo, dataInfo));
            byte[] text = json.write(manifest);
            section(store, SnapshotImage.MANIFEST, to -> to.write(ByteBuffer.wrap(text)));
            phases.done("index and manifest written");
            return json.read(text);
        }
    }

    interface Content {
        void writeTo(SectionWriter to) throws IOException;
    }

    static Manifest.SectionInfo section(ImageStore store, String name, Content content)
            throws IOException {
        try (Section section = store.create(name)) {
            SectionWriter writer = new SectionWriter(section);
            content.writeTo(writer);
            section.sync();
            return new Manifest.SectionInfo(
                    name, writer.position(), SnapshotImage.hex(writer.crc()));
        }
    }
}
