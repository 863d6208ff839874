package stasis.state.image;

import stasis.state.CorruptSnapshotException;
import stasis.state.pages.Lz4;
import stasis.state.store.SectionWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * {@code kernel.graph}: the bytes of a graph in LZ4 frames, little-endian.
 *
 * <pre>
 *   0   "STGF"           4   magic
 *   4   version          4   1
 *   8   length           8   of the graph
 *   16  each frame, up to 1 MiB of graph:
 *         length         4
 *         stored length  4   equal to length: raw; less: LZ4
 *         content
 * </pre>
 */
final class GraphFrames {
    private static final int MAGIC = 0x46475453;
    private static final int VERSION = 1;
    private static final int HEAD = 16;
    private static final int FRAME = 1 << 20;

    /** LZ4 cannot shrink anything to less than a 255th. */
    private static final long RATIO_MAX = 256;

    private GraphFrames() {}

    static void write(SectionWriter to, byte[] graph) throws IOException {
        Lz4 lz4 = new Lz4();
        ByteBuffer out =
                ByteBuffer.allocate(HEAD + 8 + Lz4.bound(FRAME)).order(ByteOrder.LITTLE_ENDIAN);
        to.write(out.putInt(MAGIC).putInt(VERSION).putLong(graph.length).flip());
        for (int at = 0; at < graph.length; at += FRAME) {
            int length = Math.min(FRAME, graph.length - at);
            ByteBuffer plain = ByteBuffer.wrap(graph, at, length);
            out.clear().position(8);
            int stored = lz4.compress(plain.duplicate(), out);
            if (stored >= length) {
                stored = length;
                out.position(8);
                out.put(plain);
            }
            out.putInt(0, length).putInt(4, stored);
            to.write(out.flip());
        }
    }

    static byte[] read(byte[] section) {
        ByteBuffer in = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
        if (section.length < HEAD || in.getInt() != MAGIC) throw corrupt("not a graph");
        int version = in.getInt();
        if (version != VERSION) throw corrupt("version " + version);
        long length = in.getLong();
        if (length < 0 || length > section.length * RATIO_MAX || length > Integer.MAX_VALUE - 8) {
            throw corrupt("a length of " + length);
        }
        Lz4 lz4 = new Lz4();
        ByteBuffer graph = ByteBuffer.allocate((int) length);
        while (graph.hasRemaining()) readFrame(lz4, in, graph);
        if (in.hasRemaining()) throw corrupt(in.remaining() + " bytes too many");
        return graph.array();
    }

    private static void readFrame(Lz4 lz4, ByteBuffer in, ByteBuffer graph) {
        if (in.remaining() < 8) throw corrupt("truncated");
        int length = in.getInt();
        int stored = in.getInt();
        boolean fits = stored > 0 && stored <= length && stored <= in.remaining();
        if (!fits || length > FRAME || length > graph.remaining()) {
            throw corrupt("a frame of " + stored + " for " + length);
        }
        ByteBuffer from = in.slice(in.position(), stored);
        ByteBuffer to = graph.slice(graph.position(), length);
        if (stored == length) {
            to.put(from);
        } else {
            decompress(lz4, from, to);
        }
        in.position(in.position() + stored);
        graph.position(graph.position() + length);
    }

    private static void decompress(Lz4 lz4, ByteBuffer from, ByteBuffer to) {
        try {
            lz4.decompress(from, to);
        } catch (CorruptSnapshotException e) {
            throw corrupt(String.valueOf(e.getMessage()));
        }
    }

    private static CorruptSnapshotException corrupt(String what) {
        return new CorruptSnapshotException("kernel.graph: " + what);
    }
}
