package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.host.Nr;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Mapping changes in the order they were asked for. Guarded by the address space's lock. */
public final class MapQueue {
    private static final int LONGS = 6;

    private long[] calls = new long[16 * LONGS];
    private int size;

    public MapQueue() {}

    public int size() {
        return size;
    }

    /**
     * @param fd of a file, as stubs number it
     */
    public void map(long addr, long length, int fd, long offset, int access) {
        add(Nr.MMAP, addr, length, access, offset, fd);
    }

    public void unmap(long addr, long length) {
        add(Nr.MUNMAP, addr, length, 0, 0, 0);
    }

    public void protect(long addr, long length, int access) {
        add(Nr.MPROTECT, addr, length, access, 0, 0);
    }

    /** Writes {@code n} calls from number {@code from} to a stub's table. */
    public void write(int from, int n, MemorySegment table) {
        for (int i = 0; i < n; i++) {
            MemorySegment.copy(
                    calls,
                    (from + i) * LONGS,
                    table,
                    JAVA_LONG,
                    (long) i * StubCode.ENTRY_BYTES,
                    LONGS);
        }
    }

    public void clear() {
        size = 0;
    }

    private void add(long nr, long addr, long length, long access, long offset, int fd) {
        int at = size++ * LONGS;
        if (at == calls.length) calls = Arrays.copyOf(calls, at * 2);
        calls[at] = nr;
        calls[at + 1] = addr;
        calls[at + 2] = length;
        calls[at + 3] = access;
        calls[at + 4] = offset;
        calls[at + 5] = fd;
    }
}
