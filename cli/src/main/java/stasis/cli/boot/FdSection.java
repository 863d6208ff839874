package stasis.cli.boot;

import stasis.host.Host;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.state.store.Section;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** A file that can be read and written and not opened. */
final class FdSection implements Section {
    static final int O_DIRECT = 0x4000;

    private static final int EINTR = 4;
    private static final int EINVAL = 22;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int CHUNK = 1 << 20;
    private static final int STAT_BYTES = 144;
    private static final int ST_SIZE = 48;

    private final String name;
    private final HostFd fd;

    FdSection(String name, HostFd fd) {
        this.name = name;
        this.fd = fd;
    }

    @Override
    public void write(long position, ByteBuffer bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = bytes.isDirect() ? MemorySegment.NULL : arena.allocate(CHUNK);
            for (long at = position; bytes.hasRemaining(); ) {
                MemorySegment from = MemorySegment.ofBuffer(bytes);
                if (!bytes.isDirect()) {
                    long n = Math.min(CHUNK, from.byteSize());
                    MemorySegment.copy(from, 0, copy, 0, n);
                    from = copy.asSlice(0, n);
                }
                long n = Host.pwrite(fd.number(), from, at);
                if (n == -EINTR) continue;
                if (n == -EINVAL && throughCache()) continue;
                bytes.position(bytes.position() + (int) check(n, "write"));
                at += n;
            }
        }
    }

    @Override
    public int read(long position, ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) return 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = MemorySegment.ofBuffer(into);
            long size = Math.min(into.isDirect() ? 1 << 30 : CHUNK, all.byteSize());
            MemorySegment to = into.isDirect() ? all.asSlice(0, size) : arena.allocate(size);
            long n;
            do {
                n = Host.pread(fd.number(), to, position);
            } while (n == -EINTR);
            if (check(n, "read") == 0) return -1;
            if (!into.isDirect()) MemorySegment.copy(to, 0, all, 0, n);
            into.position(into.position() + (int) n);
            return (int) n;
        }
    }

    /**
     * O_DIRECT wants places that not every file system states. True if it was on, and is off now.
     */
    private boolean throughCache() {
        long flags = Host.syscall(Nr.FCNTL, fd.number(), F_GETFL, 0);
        if (Host.failed(flags) || (flags & O_DIRECT) == 0) return false;
        return !Host.failed(Host.syscall(Nr.FCNTL, fd.number(), F_SETFL, flags & ~O_DIRECT));
    }

    private long check(long result, String what) throws IOException {
        if (Host.failed(result)) {
            stasis.abi.Errno errno = stasis.abi.Errno.of((int) -result);
            throw new IOException("cannot " + what + " " + name + ": " + errno);
        }
        return result;
    }

    @Override
    public long size() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STAT_BYTES, 8);
            check(Host.fstat(fd.number(), stat.address()), "stat");
            return stat.get(java.lang.foreign.ValueLayout.JAVA_LONG, ST_SIZE);
        }
    }

    /** Whoever opened the file makes it durable, when all of the image is there. */
    @Override
    public void sync() {}

    /** The descriptor stays its owner's. */
    @Override
    public void close() {}
}
