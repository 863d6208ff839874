package stasis.state.image;

import stasis.state.CorruptSnapshotException;
import stasis.state.pages.PageIndex;
import stasis.state.pages.PageReader;
import stasis.state.store.ImageStore;
import stasis.state.store.Section;
import stasis.state.store.Sections;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * A snapshot, to read.
 *
 * <pre>
 *   manifest.json   what, when, by whom; sizes and CRC32C of the others; a checksum of itself
 *   kernel.graph    the object graph, in LZ4 frames ({@link GraphFrames})
 *   pages.index     which guest pages are where in pages.data, CRC32C per block
 *   pages.data      guest memory, raw and page-aligned, or LZ4; zero pages are not stored
 * </pre>
 *
 * Opening checks versions, names, sizes and checksums before anything is decoded; of {@code
 * pages.data} only the size, as each block is checked when it is loaded.
 */
public final class SnapshotImage implements Closeable {
    public static final String MANIFEST = "manifest.json";
    public static final String GRAPH = "kernel.graph";
    public static final String PAGES_INDEX = "pages.index";
    public static final String PAGES_DATA = "pages.data";

    /** The only architecture there is. */
    public static final String ARCH = "x86_64";

    private static final Set<String> NAMES = Set.of(GRAPH, PAGES_INDEX, PAGES_DATA);
    private static final long MANIFEST_MAX = 16 << 20;

    private final Manifest manifest;
    private final byte[] graph;
    private final PageIndex index;
    private final Section data;

    private SnapshotImage(Manifest manifest, byte[] graph, PageIndex index, Section data) {
        this.manifest = manifest;
        this.graph = graph;
        this.index = index;
        this.data = data;
    }

    /**
     * @throws CorruptSnapshotException with one line, if this is no image that this build can read
     * @throws IOException if the host fails to read
     */
    public static SnapshotImage open(ImageStore store) throws IOException {
        Manifest manifest = readManifest(store);
        check(manifest);
        Section data = openSection(store, PAGES_DATA);
        try {
            checkSize(manifest, PAGES_DATA, data.size());
            byte[] graph = readChecked(store, manifest, GRAPH);
            byte[] indexBytes = readChecked(store, manifest, PAGES_INDEX);
            PageIndex index = PageIndex.decode(indexBytes);
            if (index.dataSize() != data.size()) {
                throw new CorruptSnapshotException(
                        "pages.index: for other pages than pages.data holds");
            }
            return new SnapshotImage(manifest, GraphFrames.read(graph), index, data);
        } catch (Throwable e) {
            data.close();
            throw e;
        }
    }

    /** Only the manifest, checked in itself; for listings. */
    public static Manifest readManifest(ImageStore store) throws IOException {
        try (Section section = openSection(store, MANIFEST)) {
            if (section.size() > MANIFEST_MAX) {
                throw new CorruptSnapshotException("manifest.json: " + section.size() + " bytes");
            }
            return new ManifestJson().read(readAll(section));
        }
    }

    public Manifest manifest() {
        return manifest;
    }

    /** For {@code GraphReader}. */
    public byte[] graph() {
        return graph;
    }

    public PageIndex index() {
        return index;
    }

    /** May be used until this image is closed. */
    public PageReader pages() {
        return new PageReader(data, index);
    }

    /** Reads all of {@code pages.data} and compares its checksum. */
    public void verifyPages() throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < data.size(); at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), data.size() - at));
            Sections.readFully(data, at, chunk);
            crc.update(chunk.flip());
        }
        checkCrc(manifest, PAGES_DATA, (int) crc.getValue());
    }

    @Override
    public void close() throws IOException {
        data.close();
    }

    private static void check(Manifest manifest) {
        if (!manifest.arch().equals(ARCH)) {
            throw new CorruptSnapshotException(
                    "manifest.json: made on " + manifest.arch() + ", this is " + ARCH);
        }
        Set<String> names = new TreeSet<>();
        for (Manifest.SectionInfo s : manifest.sections()) {
            if (!names.add(s.name())) {
                throw new CorruptSnapshotException("manifest.json: two sections " + s.name());
            }
        }
        if (!names.equals(NAMES)) {
            throw new CorruptSnapshotException("manifest.json: has the sections " + names);
        }
    }

    private static byte[] readChecked(ImageStore store, Manifest manifest, String name)
            throws IOException {
        try (Section section = openSection(store, name)) {
            checkSize(manifest, name, section.size());
            byte[] bytes = readAll(section);
            checkCrc(manifest, name, Sections.crc(bytes));
            return bytes;
        }
    }

    private static void checkSize(Manifest manifest, String name, long size) {
        long expected = info(manifest, name).size();
        if (size != expected) {
            String how = size < expected ? "truncated" : "too long";
            throw new CorruptSnapshotException(
                    name + ": " + how + ", " + size + " bytes instead of " + expected);
        }
    }

    private static void checkCrc(Manifest manifest, String name, int crc) {
        if (!info(manifest, name).crc32c().equals(hex(crc))) {
            throw new CorruptSnapshotException(name + ": wrong checksum");
        }
    }

    private static Manifest.SectionInfo info(Manifest manifest, String name) {
        Manifest.SectionInfo info = manifest.section(name);
        if (info == null) throw new CorruptSnapshotException("manifest.json: no section " + name);
        return info;
    }

    private static byte[] readAll(Section section) throws IOException {
        long size = section.size();
        if (size > Integer.MAX_VALUE - 8) throw new CorruptSnapshotException(size + " bytes");
        byte[] bytes = new byte[(int) size];
        Sections.readFully(section, 0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static Section openSection(ImageStore store, String name) throws IOException {
        try {
            return store.open(name);
        } catch (FileNotFoundException | NoSuchFileException e) {
            String what = name.equals(MANIFEST) ? " is missing: not an image" : " is missing";
            throw new CorruptSnapshotException(name + what, e);
        }
    }

    static String hex(int crc) {
        String digits = Integer.toHexString(crc); // a formatter would take 20 ms the first time
        return "0".repeat(8 - digits.length()) + digits;
    }
}
