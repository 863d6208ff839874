package stasis.platform.stub;

import stasis.arch.Pages;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.MemfdFile;
import stasis.platform.PlatformException;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The file that stubs share with the sentry beside guest memory: call tables, one page for each
 * address space, of which the first is the master's, and what a platform wants besides.
 */
public final class TablePages implements AutoCloseable {
    private static final int PAGES = 1 << 16;

    /** Where in the file that begins which is not a table. */
    public static final long SHARED = PAGES * Pages.SIZE;

    private final MemfdFile file;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** Guarded by {@link #lock}. */
    private int used = 1;

    /**
     * @param sharedBytes behind the tables
     */
    public TablePages(long sharedBytes) throws HostException {
        file = new MemfdFile("stub-tables", SHARED + sharedBytes);
    }

    /** What lies behind the tables. */
    public MemorySegment shared(long at, long bytes) {
        return file.mapping().asSlice(SHARED + at, bytes);
    }

    /** Zeroes it. */
    public void punchShared(long at, long bytes) {
        file.punch(SHARED + at, bytes);
    }

    public HostFd fd() {
        return file.fd();
    }

    public int take() throws PlatformException {
        lock.lock();
        try {
            Integer page = free.poll();
            if (page != null) return page;
            if (used == PAGES) throw new PlatformException("65,535 address spaces are in use");
            return used++;
        } finally {
            lock.unlock();
        }
    }

    public void give(int page) {
        lock.lock();
        try {
            free.push(page);
        } finally {
            lock.unlock();
        }
    }

    public MemorySegment page(int page) {
        return file.mapping().asSlice(page * Pages.SIZE, Pages.SIZE);
    }

    @Override
    public void close() {
        file.close();
    }
}
