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

    /** Precondition: {@code size} is a positive multiple of 2 MiB. */
    public MemfdFile(String name, long size) throws HostException {
        if (size <= 0 || size % GRANULE != 0) throw new IllegalArgumentException("size " + size);
        this.size = size;
        fd = Host.memfd(name);
        boolean done = false;
        try {
            long result = Host.syscall(Nr.FTRUNCATE, fd.number(), size, 0);
            HostException.check(result, "ftruncate(" + size + ")");
            long at = Host.mapShared(fd.number(), size);
            mapping =
                    MemorySegment.ofAddress(at)
                            .reinterpret(size, arena, all -> Host.unmap(all.address(), size));
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
        return result;
    }

    @Override
    public void close() {
        fd.close();
        arena.close();
    }
}
