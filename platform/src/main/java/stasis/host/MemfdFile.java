package stasis.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A sparse file in memory, mapped whole; memfd_create(2). */
public final class MemfdFile implements AutoCloseable {
    private static final int KEEP_SIZE_AND_PUNCH_HOLE = 3;
    private static final long GRANULE = 2L << 20;

    private final HostFd fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapping;

    /** Precondition: {@code size} is a positive multiple of 2 MiB. */
    public MemfdFile(String name, long size) throws HostException {
        if (size <= 0 || size % GRANULE != 0) throw new IllegalArgumentException("size " + size);
        fd = Host.memfd(name);
        boolean done = false;
        try {
            long result = Host.syscall(Nr.FTRUNCATE, fd.number(), size, 0);
            HostException.check(result, "ftruncate(" + size + ")");
            long at = Host.mapShared(fd.number(), size);
            mapping =
                    MemorySegment.ofAddress(at)
                            .reinterpret(size, arena, s -> Host.unmap(s.address(), size));
            done = true;
        } finally {
            if (!done) fd.close();
        }
    }

    public HostFd fd() {
        return fd;
    }

    public MemorySegment mapping() {
        return mapping;
    }

    /** Reads as zero again. */
    public void punch(long offset, long length) {
        if (length == 0) return;
        long result =
                Host.syscall(
                        Nr.FALLOCATE, fd.number(), KEEP_SIZE_AND_PUNCH_HOLE, offset, length, 0, 0);
        if (result < 0) {
            throw new IllegalStateException(
                    "punch(" + offset + ", " + length + "): errno " + -result);
        }
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
