package stasis.host;

import stasis.platform.MemoryFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Guest memory in a memfd, memfd_create(2). */
public final class MemfdFile implements MemoryFile, AutoCloseable {
    private static final int KEEP_SIZE_AND_PUNCH_HOLE = 3;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int ENXIO = 6;
    private static final long GRANULE = 2L << 20;

    private final HostFd fd;
    private final long size;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapping;
    private final MemorySegment all;

    /** Precondition: {@code size} is a positive multiple of 2 MiB. */
    public MemfdFile(String name, long size) throws HostException {
        this(name, size, 0);
    }

    /**
     * Precondition: both are multiples of 2 MiB, {@code size} positive.
     *
     * @param more bytes behind, for {@link #all} only
     */
    public MemfdFile(String name, long size, long more) throws HostException {
        if (size <= 0 || size % GRANULE != 0 || more % GRANULE != 0) {
            throw new IllegalArgumentException("size " + size + " + " + more);
        }
        this.size = size;
        long bytes = size + more;
        fd = Host.memfd(name);
        boolean done = false;
        try {
            long result = Host.syscall(Nr.FTRUNCATE, fd.number(), bytes, 0);
            HostException.check(result, "ftruncate(" + bytes + ")");
            long at = Host.mapShared(fd.number(), bytes);
            all =
                    MemorySegment.ofAddress(at)
                            .reinterpret(bytes, arena, s -> Host.unmap(s.address(), bytes));
            mapping = all.asSlice(0, size);
            done = true;
        } finally {
            if (!done) fd.close();
        }
    }

    public HostFd fd() {
        return fd;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment mapping() {
        return mapping;
    }

    /** With what lies behind. */
    public MemorySegment all() {
        return all;
    }

    @Override
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
    public long nextData(long from) {
        return seek(from, SEEK_DATA);
    }

    @Override
    public long nextHole(long from) {
        return seek(from, SEEK_HOLE);
    }

    private long seek(long from, int whence) {
        if (from >= size) return size;
        long result = Host.syscall(Nr.LSEEK, fd.number(), from, whence);
        if (result == -ENXIO) return size;
        if (result < 0) throw new IllegalStateException("lseek(" + from + "): errno " + -result);
        return Math.min(result, size);
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
