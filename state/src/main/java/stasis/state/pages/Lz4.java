package stasis.state.pages;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

import stasis.state.CorruptSnapshotException;

import java.nio.ByteBuffer;

/**
 * Native LZ4 blocks. The library unpacks its native part into a file when first used, so a process
 * that gives up file access makes one of these before.
 */
public final class Lz4 {
    private final LZ4Compressor compressor;
    private final LZ4SafeDecompressor decompressor;

    public Lz4() {
        LZ4Factory factory = LZ4Factory.nativeInstance();
        this.compressor = factory.fastCompressor();
        this.decompressor = factory.safeDecompressor();
    }

    public static int bound(int length) {
        return length + length / 255 + 16;
    }

    /**
     * Compresses what remains of {@code from} to the position of {@code to}, moving both. Returns
     * the compressed length. Precondition: {@code to} has {@link #bound} bytes left.
     */
    public int compress(ByteBuffer from, ByteBuffer to) {
        int before = to.position();
        compressor.compress(from, to);
        return to.position() - before;
    }

    /** Precondition: {@code to} has exactly as many bytes left as were compressed. */
    public void decompress(ByteBuffer from, ByteBuffer to) {
        try {
            decompressor.decompress(from, to);
        } catch (LZ4Exception e) {
            throw new CorruptSnapshotException("damaged LZ4 block", e);
        }
        if (to.hasRemaining()) throw new CorruptSnapshotException("short LZ4 block");
    }
}
