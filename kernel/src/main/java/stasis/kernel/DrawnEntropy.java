package stasis.kernel;

import stasis.kernel.task.RandomSource;
import stasis.net.Entropy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** The stack's randomness, from where the guest's comes. */
record DrawnEntropy(RandomSource random) implements Entropy {
    @Override
    public long nextLong() {
        byte[] bytes = new byte[8];
        random.fill(MemorySegment.ofArray(bytes), 0, bytes.length);
        return ByteBuffer.wrap(bytes).getLong();
    }
}
