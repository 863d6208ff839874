package stasis.state.image;

import stasis.state.pages.PageIndex;
import stasis.state.pages.PageWriter;
import stasis.state.store.ImageStore;
import stasis.state.store.Section;
import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

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
        return writeSections(store, graph, pages, about, Phases.NONE);
    }

    /** After an exception the store's content is no image and must be thrown away. */
    public static Manifest writeSections(
            ImageStore store, byte[] graph, SavedPages pages, ManifestBuilder about, Phases phases)
            throws IOException {
        Manifest.SectionInfo graphInfo =
                section(store, SnapshotImage.GRAPH, to -> GraphFrames.write(to, graph));
        phases.done("graph written");
        PageIndex[] index = new PageIndex[1];
        Manifest.SectionInfo data =
                section(
                        store,
                        SnapshotImage.PAGES_DATA,
                        to ->
                                index[0] =
                                        PageWriter.write(
                                                to,
                                                pages.memory(),
                                                pages.runs(),
                                                pages.compression()));
        phases.done("pages written");
        Manifest.SectionInfo indexInfo =
                section(
                        store,
                        SnapshotImage.PAGES_INDEX,
                        to -> to.write(ByteBuffer.wrap(index[0].encode())));
        Manifest manifest = about.build(List.of(graphInfo, indexInfo, data));
        byte[] text = new ManifestJson().write(manifest);
        section(store, SnapshotImage.MANIFEST, to -> to.write(ByteBuffer.wrap(text)));
        phases.done("index and manifest");
        return new ManifestJson().read(text);
    }

    private interface Content {
        void writeTo(SectionWriter to) throws IOException;
    }

    private static Manifest.SectionInfo section(ImageStore store, String name, Content content)
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
