package stasis.cli.boot;

import stasis.host.Host;
import stasis.host.Nr;
import stasis.kernel.task.RandomSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** getrandom(2) of the host. */
final class HostRandom implements RandomSource {
    /** Not cut short by signals up to this size. */
    private static final int ATOMIC_BYTES = 256;

    @Override
    public void fill(MemorySegment to, long at, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ATOMIC_BYTES);
            for (long done = 0; done < length; ) {
                long n = Math.min(ATOMIC_BYTES, length - done);
                if (Host.syscall(Nr.GETRANDOM, bytes.address(), n, 0) != n) continue;
                MemorySegment.copy(bytes, 0, to, at + done, n);
                done += n;
            }
        }
    }
}
